import Base
import Git
import Merging
import Review

/// An overlap report for people: a table of pairs, the regions by file, the order.
struct OverlapScreen {
    private let report: OverlapReport
    private let columns: Int

    /// Pairs, regions, and lines of one side of a region, beyond which the rest is only counted.
    private static let pairLimit = 40
    private static let regionLimit = 40
    private static let lineLimit = 6

    init(_ report: OverlapReport, columns: Int) {
        self.report = report
        self.columns = columns
    }

    var lines: [StyledText] {
        var out = heading
        if report.branches.count > 1 { out += [""] + table }
        let pairs = pairLines
        if !pairs.isEmpty { out += [""] + pairs }
        out += regionLines
        return out + [""] + order
    }

    private var heading: [StyledText] {
        let width = report.branches.map { Text.width($0.name) }.max() ?? 0
        let base = String(report.base.description.prefix(12))
        return ["base \(base, .dim)"]
            + report.branches.enumerated().map { index, branch in
                let number = StyledText(outside: "\(index + 1)", .bold)
                let name = StyledText(outside: branch.name).padded(to: width)
                let size =
                    "\(Text.count(branch.files, "file")), \(Text.count(branch.hunks, "hunk"))"
                return
                    "  \(number.padded(to: 3)) \(name)  \(size, .dim)  \("+\(branch.insertions)", .green) \("-\(branch.deletions)", .red)"
            }
    }

    // MARK: Table

    /// A column for each branch, as long as the terminal has room for all.
    private var table: [StyledText] {
        let count = report.branches.count
        let width = (report.pairs.map { "\($0.regions.count)".count }.max() ?? 1) + 3
        guard 6 + count * width <= columns else { return [legend] }
        var cells: [[StyledText]] = Array(
            repeating: Array(repeating: "\("·", .dim)", count: count), count: count)
        for pair in report.pairs {
            cells[pair.a][pair.b] = cell(pair)
            cells[pair.b][pair.a] = cell(pair)
        }
        for index in 0..<count { cells[index][index] = "" }
        let head = (0..<count).map { StyledText(outside: "\($0 + 1)", .bold).padded(to: width) }
        let rows = cells.enumerated().map { index, row in
            let number = StyledText(outside: "\(index + 1)", .bold).padded(to: 4)
            return "  \(number)" + row.dropLast().map { $0.padded(to: width) }.joined()
                + (row.last ?? "")
        }
        return ["      " + head.joined()] + rows + [legend]
    }

    private var legend: StyledText {
        "  \("✗ conflict   ? undecided   · nothing in common; with the number of regions", .dim)"
    }

    private func cell(_ pair: OverlapReport.Pair) -> StyledText {
        let number = pair.regions.isEmpty ? "" : "\(pair.regions.count)"
        return switch pair.verdict {
        case .conflict: "\("✗" + number, .red)"
        case .undecided: "\("?" + number, .yellow)"
        case .clean: "\(number)"
        }
    }

    private var pairLines: [StyledText] {
        let open = report.pairs.filter { $0.verdict != .clean }
        let rest = open.count - Self.pairLimit
        let more: [StyledText] = rest > 0 ? ["\("… \(Text.count(rest, "more pair"))", .dim)"] : []
        return open.prefix(Self.pairLimit).map { pair in
            let names = "\(report.branches[pair.a].name) × \(report.branches[pair.b].name)"
            let line: StyledText = "\(mark(pair.verdict)) \(names)  \(pair.detail, .dim)"
            return line.truncated(to: max(columns, 40))
        } + more
    }

    private func mark(_ verdict: OverlapReport.Verdict) -> StyledText {
        switch verdict {
        case .conflict: "\("✗", .red)"
        case .undecided: "\("?", .yellow)"
        case .clean: "·"
        }
    }

    // MARK: Regions

    private var regionLines: [StyledText] {
        var out: [StyledText] = []
        // Conflicts first, or the bound would hide them behind changes that agree.
        let all = report.regions.filter(\.isConflict) + report.regions.filter { !$0.isConflict }
        let shown = all.prefix(Self.regionLimit)
        var path: String?
        for region in shown {
            if region.path.description != path {
                path = region.path.description
                out += ["", "\(region.path, .bold)"]
            }
            out += lines(of: region)
        }
        let rest = report.regions.count - shown.count
        return rest > 0 ? out + ["", "\("… \(Text.count(rest, "more region"))", .dim)"] : out
    }

    private func lines(of region: OverlapReport.Region) -> [StyledText] {
        let mark: StyledText = region.isConflict ? "\("✗", .red)" : "\("=", .dim)"
        let symbol: StyledText = region.symbol.map { "  \($0, .cyan)" } ?? ""
        let head: StyledText = "  \(mark) \(region.kind.rawValue)  \(place(region), .dim)\(symbol)"
        return [head.truncated(to: max(columns, 40))]
            + region.sides.indices.flatMap { index -> [StyledText] in
                let side = region.sides[index]
                let isNew = index == 0 || region.sides[index - 1].branch != side.branch
                let name: StyledText = "      \(report.branches[side.branch].name, .bold)"
                let gap: StyledText = "        \("…", .dim)"
                return [isNew ? name : gap] + lines(of: side, isWhole: region.isWhole)
            }
    }

    private func place(_ region: OverlapReport.Region) -> String {
        if region.isWhole { return "the whole file" }
        let range = region.base
        if range.isEmpty { return "before line \(range.lowerBound) of the base" }
        return range.count == 1
            ? "line \(range.lowerBound) of the base"
            : "lines \(range.lowerBound)–\(range.upperBound - 1) of the base"
    }

    private func lines(of side: OverlapReport.Side, isWhole: Bool) -> [StyledText] {
        if isWhole { return [] }
        if side.lines.isEmpty { return ["        \("removed", .red)"] }
        let shown = side.lines.prefix(Self.lineLimit).map { text -> StyledText in
            // A tab's width depends on where it stands, and the cut has to know the width.
            let plain = text.split(separator: "\t", omittingEmptySubsequences: false)
                .joined(separator: "    ")
            let line: StyledText = "        \("+ " + plain, .green)"
            return line.truncated(to: max(columns, 40))
        }
        let rest = side.lines.count - shown.count
        return rest > 0 ? shown + ["        \("… \(Text.count(rest, "more line"))", .dim)"] : shown
    }

    // MARK: Order

    private var order: [StyledText] {
        guard report.branches.count > 1 else { return ["nothing to compare it with"] }
        let open = report.pairs.count { $0.verdict != .clean }
        guard open > 0 else {
            return ["\("every pair merges", .green)"]
        }
        let names = report.order.map { report.branches[$0].name }.joined(separator: ", ")
        let bound: StyledText =
            report.isExact
            ? "at least \(Text.count(report.resolutions, "resolution")) \(report.resolutions == 1 ? "is" : "are") unavoidable, and this order needs no more"
            : "\(Text.count(report.resolutions, "resolution")) in this order; a better one may exist"
        return ["\("order", .bold) \(names)", "  \(bound)"]
    }
}
