import Base
package import Merging

/// An overlap report in lines for people.
package struct OverlapText: Sendable {
    private let report: OverlapReport

    /// Takes the report whole; which of it is shown is decided by what is asked for.
    package init(_ report: OverlapReport) { self.report = report }

    /// The pairs that matter and the order, a line each.
    package var summary: [StyledText] {
        let conflicts = report.pairs.filter { $0.verdict != .clean }
        var out: [StyledText] = [
            "\("Overlap", .bold): \(Text.count(report.regions.count, "region")), \(Text.count(conflicts.count, "conflicting pair"))"
        ]
        for pair in conflicts.prefix(20) {
            let sign: StyledText =
                pair.verdict == .conflict ? "\("✗", .red)" : "\("?", .yellow)"
            let names = "\(report.branches[pair.a].name) × \(report.branches[pair.b].name)"
            out.append("  \(sign) \(names)  \(pair.detail)")
        }
        if conflicts.count > 20 { out.append("  \("… \(conflicts.count - 20) more", .dim)") }
        if report.resolutions > 0 {
            let bound =
                report.unavoidable == report.resolutions
                ? "no order needs fewer" : "the best order found"
            out.append(
                "  order: \(report.order.map { report.branches[$0].name }.joined(separator: ", "))")
            out.append("  \(Text.count(report.resolutions, "resolution")), \(bound)")
        }
        return out
    }
}
