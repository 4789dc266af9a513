import Base
import Git
import Merging
import Review

/// An overlap report for people: who meets whom, where, in which order to merge, and what may not fit although it
/// merges.
struct OverlapScreen {
    let report: OverlapReport
    let columns: Int

    /// Pairs that are listed one by one; the table has all of them.
    private static let pairLimit = 10

    init(_ report: OverlapReport, columns: Int) {
        self.report = report
        // What is narrower than this is no screen; lines are longer than it then.
        self.columns = max(columns, 40)
    }

    var lines: [StyledText] {
        let base = String(report.base.description.prefix(12))
        var out: [StyledText] = ["base \(base, .dim)"]
        out += OverlapMatrix(report, columns: columns).lines
        let pairs = pairLines
        if !pairs.isEmpty { out += [""] + pairs }
        out += regionLines
        out += [""] + order
        let risks = riskLines
        return risks.isEmpty ? out : out + [""] + risks
    }

    // MARK: Pairs

    /// What the table cannot say: why. Where there are many, only of those that no region explains.
    private var pairLines: [StyledText] {
        let open = report.pairs.filter { $0.verdict != .clean }
        let told =
            open.count <= Self.pairLimit
            ? open : open.filter { $0.verdict == .undecided || $0.regions.isEmpty }
        let rest = told.count - Self.pairLimit
        return told.prefix(Self.pairLimit).map { pair in
            let names = "\(report.branches[pair.a].name) × \(report.branches[pair.b].name)"
            let mark: StyledText =
                pair.verdict == .conflict ? "\("✗", .red)" : "\("?", .yellow)"
            let line: StyledText = "\(mark) \(names)  \(pair.detail, .dim)"
            return line.truncated(to: columns)
        } + (rest > 0 ? ["\("… \(Text.count(rest, "more pair"))", .dim)"] : [])
    }

    // MARK: Order

    private var order: [StyledText] {
        guard report.branches.count > 1 else { return ["nothing to compare it with"] }
        let open = report.pairs.count { $0.verdict != .clean }
        guard open > 0 else { return ["\("every pair merges", .green)"] }
        let names = report.order.map { report.branches[$0].name }
        return wrapped(names, after: "order ") + ["  \(reason)"]
    }

    private var reason: StyledText {
        let free = report.branches.count - report.resolutions
        let start = free > 1 ? "the first \(free) merge with each other" : "no two merge"
        let needed = Text.count(report.resolutions, "resolution")
        let verb = report.unavoidable == 1 ? "is" : "are"
        guard report.unavoidable == report.resolutions else {
            let bound =
                report.unavoidable > 0
                ? "at least \(report.unavoidable) \(verb) unavoidable" : "a better one may exist"
            return "\(start): \(needed) in this order, \(bound)"
        }
        let bound = free > 1 ? ", no larger set does" : ""
        return "\(start)\(bound): at least \(needed) \(verb) unavoidable"
    }

    /// Words with commas, in as many lines as they need.
    private func wrapped(_ words: [String], after start: String) -> [StyledText] {
        var lines: [StyledText] = []
        var line: StyledText = "\(start, .bold)"
        for (index, word) in words.enumerated() {
            let part: StyledText = "\(word)\(index + 1 < words.count ? "," : "")"
            if line.width + part.width + 1 > columns, line.width > start.count {
                lines.append(line)
                line = StyledText().padded(to: start.count)
            }
            line = line + (line.width > start.count ? " " : "") + part
        }
        return lines + [line]
    }
}
