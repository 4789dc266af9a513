import Base
import Git
import Merging
import Review

extension OverlapScreen {
    /// Regions, branches of one region, and lines of one branch there, beyond which the rest is only counted.
    private static let regionLimit = 40
    private static let sideLimit = 6
    private var lineLimit: Int { report.regions.count > 12 ? 3 : 6 }

    /// Conflicts by file, and after them, in short, places where the changes agree.
    var regionLines: [StyledText] {
        let conflicts = report.regions.filter(\.isConflict)
        let agreeing = report.regions.filter { !$0.isConflict }
        let shown = conflicts.prefix(Self.regionLimit)
        var out: [StyledText] = []
        var path: RepositoryPath?
        for region in shown {
            if region.path != path {
                path = region.path
                out += ["", "\(region.path, .bold)"]
            }
            out += lines(of: region)
        }
        let rest = conflicts.count - shown.count
        if rest > 0 { out += ["", "\("… \(Text.count(rest, "more region"))", .dim)"] }
        guard !agreeing.isEmpty else { return out }
        let places = agreeing.prefix(Self.sideLimit).map { region -> StyledText in
            let line: StyledText =
                "  = \(region.path)  \("\(place(region)): \(names(region))", .dim)"
            return line.truncated(to: columns)
        }
        let more = agreeing.count - places.count
        return out + ["", "the same change by several"] + places
            + (more > 0 ? ["  \("… \(Text.count(more, "more region"))", .dim)"] : [])
    }

    private func lines(of region: OverlapReport.Region) -> [StyledText] {
        let symbol: StyledText = region.symbol.map { "  \($0, .cyan)" } ?? ""
        let head: StyledText =
            "  \("✗", .red) \(region.kind.rawValue)  \(place(region), .dim)\(symbol)"
        let groups = branches(of: region)
        var out = [head.truncated(to: columns)]
        if region.isWhole {
            let all: StyledText = "      \(names(region), .bold)"
            return out + [all.truncated(to: columns)]
        }
        for sides in groups.prefix(Self.sideLimit) {
            out.append("      \(report.branches[sides[0].branch].name, .bold)")
            for (index, side) in sides.enumerated() {
                if index > 0 { out.append("        \("…", .dim)") }
                out += lines(of: side)
            }
        }
        let rest = groups.dropFirst(Self.sideLimit).map { report.branches[$0[0].branch].name }
        guard !rest.isEmpty else { return out }
        let more: StyledText = "      \("… and \(rest.joined(separator: ", "))", .dim)"
        return out + [more.truncated(to: columns)]
    }

    /// The region's sides by branch.
    private func branches(of region: OverlapReport.Region) -> [[OverlapReport.Side]] {
        var groups: [[OverlapReport.Side]] = []
        for side in region.sides {
            if groups.last?.first?.branch == side.branch {
                groups[groups.count - 1].append(side)
            } else {
                groups.append([side])
            }
        }
        return groups
    }

    private func names(_ region: OverlapReport.Region) -> String {
        branches(of: region).map { report.branches[$0[0].branch].name }.joined(separator: ", ")
    }

    private func place(_ region: OverlapReport.Region) -> String {
        region.isWhole ? "the whole file" : Self.place(region.base)
    }

    /// Where lines of the base are, in words.
    static func place(_ range: Range<Int>) -> String {
        if range.isEmpty { return "before line \(range.lowerBound) of the base" }
        return range.count == 1
            ? "line \(range.lowerBound) of the base"
            : "lines \(range.lowerBound)–\(range.upperBound - 1) of the base"
    }

    private func lines(of side: OverlapReport.Side) -> [StyledText] {
        if side.lines.isEmpty { return ["        \("removed", .red)"] }
        let shown = side.lines.prefix(lineLimit).map { text -> StyledText in
            // A tab's width depends on where it stands, and the cut has to know the width.
            let plain = text.split(separator: "\t", omittingEmptySubsequences: false)
                .joined(separator: "    ")
            let line: StyledText = "        \("+ " + plain, .green)"
            return line.truncated(to: columns)
        }
        let rest = side.lines.count - shown.count
        return rest > 0 ? shown + ["        \("… \(Text.count(rest, "more line"))", .dim)"] : shown
    }

    // MARK: Risks

    private static let riskLimit = 12

    /// Apart from the rest, and in words that nobody takes for a conflict.
    var riskLines: [StyledText] {
        guard let risks = report.risks, !risks.isEmpty else { return [] }
        let rest = risks.count - Self.riskLimit
        return [
            "\(Text.count(risks.count, "risk"), .bold) in what merges: look here, no conflict"
        ]
            + risks.prefix(Self.riskLimit).flatMap { risk -> [StyledText] in
                let names = risk.branches.map { report.branches[$0].name }.joined(separator: ", ")
                let place = risk.base.map { "  " + Self.place($0) } ?? ""
                let symbol: StyledText = risk.symbol.map { "  \($0, .cyan)" } ?? ""
                let head: StyledText =
                    "  \("~", .yellow) \(risk.kind.rawValue)  \(risk.paths[0])\(place, .dim)\(symbol)"
                let detail: StyledText = "      \(names): \(risk.detail, .dim)"
                return [head.truncated(to: columns), detail.truncated(to: columns)]
            } + (rest > 0 ? ["  \("… \(Text.count(rest, "more risk"))", .dim)"] : [])
    }
}
