import Base
import Git
import Merging
import Review

/// What a second comparison says that the first did not, by names: a line each.
struct OverlapChanges {
    private let old: OverlapComparison
    private let new: OverlapComparison

    init(from old: OverlapComparison, to new: OverlapComparison) {
        self.old = old
        self.new = new
    }

    var lines: [StyledText] {
        let (before, after) = (Self.names(old.report), Self.names(new.report))
        var out: [StyledText] = after.filter { !before.contains($0) }.map { "+ \($0)" }
        out += before.filter { !after.contains($0) }.map { "- \($0)" }
        for input in new.missing where !old.missing.contains(input) {
            out.append("\("?", .yellow) \(input.name) is missing: \(input.reason)")
        }
        out += pairLines + riskLines
        if out.isEmpty, old.report.base != new.report.base {
            out.append("base \(String(new.report.base.description.prefix(12)), .dim)")
        }
        return out.isEmpty ? [summary] : out
    }

    private struct Names: Hashable {
        let a: String
        let b: String
    }

    private var pairLines: [StyledText] {
        let (before, after) = (Self.pairs(old.report), Self.pairs(new.report))
        var out: [StyledText] = []
        for pair in new.report.pairs where pair.verdict != .clean {
            let names = Self.key(pair, new.report)
            let was = before[names]
            guard was?.verdict != pair.verdict || was?.detail != pair.detail else { continue }
            let mark: StyledText =
                pair.verdict == .conflict ? "\("✗", .red)" : "\("?", .yellow)"
            out.append("\(mark) \(names.a) × \(names.b)  \(pair.detail, .dim)")
        }
        let present = Set(Self.names(new.report))
        for pair in old.report.pairs where pair.verdict != .clean {
            let names = Self.key(pair, old.report)
            guard present.contains(names.a), present.contains(names.b) else { continue }
            if after[names]?.verdict ?? .clean == .clean {
                out.append("\("✓", .green) \(names.a) × \(names.b)  merges now")
            }
        }
        return out
    }

    private var riskLines: [StyledText] {
        let before = Set(Self.risks(old.report).map(\.0))
        return Self.risks(new.report).filter { !before.contains($0.0) }.map(\.1)
    }

    /// Where nothing else tells them apart: a region has grown, a size has changed.
    private var summary: StyledText {
        let conflicts = new.report.pairs.count { $0.verdict == .conflict }
        return conflicts == 0
            ? "changed; \("every pair merges", .green)"
            : "changed; \(Text.count(conflicts, "conflicting pair")) as before"
    }

    private static func names(_ report: OverlapReport) -> [String] { report.branches.map(\.name) }

    private static func key(_ pair: OverlapReport.Pair, _ report: OverlapReport) -> Names {
        Names(a: report.branches[pair.a].name, b: report.branches[pair.b].name)
    }

    private static func pairs(_ report: OverlapReport) -> [Names: OverlapReport.Pair] {
        Dictionary(report.pairs.map { (key($0, report), $0) }, uniquingKeysWith: { a, _ in a })
    }

    /// Each with what identifies it while lines move.
    private static func risks(_ report: OverlapReport) -> [(String, StyledText)] {
        (report.risks ?? []).map { risk in
            let names = risk.branches.map { report.branches[$0].name }.joined(separator: ", ")
            let parts = [
                risk.kind.rawValue, risk.paths[0].description, risk.symbol ?? "", names,
            ]
            let symbol = risk.symbol.map { "  \($0)" } ?? ""
            return (
                parts.joined(separator: "\0"),
                "\("~", .yellow) \(risk.kind.rawValue)  \(risk.paths[0])\(symbol)  \(names, .dim)"
            )
        }
    }
}
