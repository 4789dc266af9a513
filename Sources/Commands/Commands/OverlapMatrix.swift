import Base
import Git
import Merging
import Review

/// Which branches meet which: a row and a column for each that meets another, the others in one line.
struct OverlapMatrix {
    private let report: OverlapReport
    private let columns: Int
    /// Indices of branches that meet another, ascending.
    private let shown: [Int]
    private let pairs: [Int: [Int: OverlapReport.Pair]]

    /// How much there is room for, the best first.
    private enum Layout: CaseIterable {
        /// Mark, number of regions and worst kind.
        case full
        /// The same, and rows without their sizes.
        case narrow
        /// One letter.
        case compact
        /// No columns: each row names its partners.
        case list
    }

    init(_ report: OverlapReport, columns: Int) {
        self.report = report
        self.columns = columns
        var pairs: [Int: [Int: OverlapReport.Pair]] = [:]
        for pair in report.pairs {
            pairs[pair.a, default: [:]][pair.b] = pair
            pairs[pair.b, default: [:]][pair.a] = pair
        }
        self.pairs = pairs
        shown = report.branches.indices.filter { pairs[$0] != nil }
    }

    var lines: [StyledText] {
        let rest = report.branches.indices.filter { pairs[$0] == nil }
        var out: [StyledText] = []
        if !shown.isEmpty {
            let layout = Layout.allCases.first { width($0) <= columns } ?? .list
            out += header(layout) + shown.map { row($0, layout) } + legend(layout)
        }
        guard !rest.isEmpty else { return out }
        // A few are worth their sizes; many are worth one line.
        if rest.count <= 6 || shown.isEmpty && rest.count <= 20 {
            return out + rest.map { label($0, withSize: true) }
        }
        let names = rest.map { "\($0 + 1) \(report.branches[$0].name)" }.joined(separator: ", ")
        let line: StyledText =
            "  \("·", .dim) \(rest.count) branches with nothing in common with another: \(names, .dim)"
        return out + [line.truncated(to: max(columns, 40))]
    }

    // MARK: Rows

    private func row(_ index: Int, _ layout: Layout) -> StyledText {
        let start = label(index, withSize: layout == .full || layout == .compact && hasSizes)
            .padded(to: labelWidth(layout))
        if layout == .list { return (start + "  " + partners(of: index)) }
        let cells = shown.map { other -> StyledText in
            if other == index { return StyledText(outside: " ").padded(to: cellWidth(layout)) }
            return cell(pairs[index]?[other], layout).padded(to: cellWidth(layout))
        }
        return start + "  " + cells.joined()
    }

    private func header(_ layout: Layout) -> [StyledText] {
        switch layout {
        case .list: return []
        case .full, .narrow:
            let numbers = shown.map {
                StyledText(outside: "\($0 + 1)", .bold).padded(to: cellWidth(layout))
            }
            return [StyledText().padded(to: labelWidth(layout) + 2) + numbers.joined()]
        case .compact:
            // Numbers stand upright over columns of one letter.
            let digits = "\((shown.last ?? 0) + 1)".count
            return (0..<digits).map { place in
                let line = shown.map { index -> String in
                    let number = Text.padded(left: "\(index + 1)", to: digits)
                    return String(Array(number)[place])
                }.joined()
                return StyledText().padded(to: labelWidth(layout) + 2)
                    + StyledText(outside: line, .bold)
            }
        }
    }

    private func label(_ index: Int, withSize: Bool) -> StyledText {
        let branch = report.branches[index]
        let number = StyledText(outside: "\(index + 1)", .bold).padded(to: numberWidth)
        let name = StyledText(outside: Text.truncate(Text.visible(branch.name), to: nameWidth))
            .padded(to: nameWidth)
        let start: StyledText = "  \(number) \(name)"
        guard withSize else { return start }
        let size =
            "\(Text.count(branch.files, "file")), \(Text.count(branch.hunks, "hunk"))"
        return start
            + "  \(StyledText(outside: size, .dim).padded(to: sizeWidth))  \("+\(branch.insertions)", .green) \("-\(branch.deletions)", .red)"
    }

    private func partners(of index: Int) -> StyledText {
        let found = (pairs[index] ?? [:]).sorted { $0.key < $1.key }
        let parts = [
            OverlapReport.Verdict.conflict, .undecided, .clean,
        ].compactMap { verdict -> StyledText? in
            let numbers = found.filter { $0.value.verdict == verdict }.map { $0.key + 1 }
            return numbers.isEmpty ? nil : "\(mark(verdict)) \(Self.ranges(numbers))"
        }
        return parts.joined(separator: "  ")
    }

    /// `1–3, 7`.
    static func ranges(_ numbers: [Int]) -> String {
        var parts: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = parts.last, last.upperBound + 1 == number {
                parts[parts.count - 1] = last.lowerBound...number
            } else {
                parts.append(number...number)
            }
        }
        return parts.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }.joined(separator: ", ")
    }

    // MARK: Cells

    private func cell(_ pair: OverlapReport.Pair?, _ layout: Layout) -> StyledText {
        guard let pair else { return "\("·", .dim)" }
        let letter = worst(pair)?.letter ?? ""
        if layout == .compact {
            return switch pair.verdict {
            case .conflict: "\(letter.isEmpty ? "✗" : letter, .red)"
            case .undecided: "\("?", .yellow)"
            case .clean: "="
            }
        }
        let number = pair.regions.isEmpty ? "" : "\(pair.regions.count)"
        return switch pair.verdict {
        case .conflict: "\("✗" + number + letter, .red)"
        case .undecided: "\("?" + number, .yellow)"
        case .clean: "=\(number)"
        }
    }

    private func mark(_ verdict: OverlapReport.Verdict) -> StyledText {
        switch verdict {
        case .conflict: "\("✗", .red)"
        case .undecided: "\("?", .yellow)"
        case .clean: "="
        }
    }

    /// The heaviest kind among the places at which the two stop.
    private func worst(_ pair: OverlapReport.Pair) -> ConflictLetter? {
        pair.regions.map { report.regions[$0] }.filter(\.isConflict)
            .map { ConflictLetter(kind: $0.kind) }.max()
    }

    private func legend(_ layout: Layout) -> [StyledText] {
        let used = Set(report.pairs.filter { $0.verdict == .conflict }.compactMap(worst)).sorted()
        let letters =
            layout == .list
            ? [] : used.reversed().map { "\($0.letter) \($0.kind.rawValue)" }
        let verdicts = Set(report.pairs.map(\.verdict))
        var words: [String] = []
        if verdicts.contains(.conflict) { words.append(layout == .compact ? "" : "✗ conflict") }
        if verdicts.contains(.undecided) { words.append("? undecided") }
        if verdicts.contains(.clean) { words.append("= the changes agree") }
        if layout != .list { words.append("· nothing in common") }
        let regions = layout == .full || layout == .narrow ? ["with the number of regions"] : []
        let kinds =
            letters.isEmpty
            ? []
            : [(layout == .compact ? "conflict: " : "worst: ") + letters.joined(separator: ", ")]
        let all = words.filter { !$0.isEmpty } + regions + kinds
        return ["  \(all.joined(separator: "   "), .dim)"]
    }

    // MARK: Widths

    private var hasSizes: Bool { columns >= 6 + nameWidth + sizeWidth + 16 + shown.count }
    private var numberWidth: Int { "\(report.branches.count)".count + 1 }
    private var nameWidth: Int {
        min(report.branches.map { Text.width($0.name) }.max() ?? 0, max(columns / 3, 12))
    }
    private var sizeWidth: Int {
        report.branches.map {
            "\(Text.count($0.files, "file")), \(Text.count($0.hunks, "hunk"))".count
        }.max() ?? 0
    }

    private func labelWidth(_ layout: Layout) -> Int {
        let start = 3 + numberWidth + nameWidth
        guard layout == .full || layout == .compact && hasSizes else { return start }
        let lines =
            report.branches.map { "+\($0.insertions) -\($0.deletions)".count }.max() ?? 0
        return start + 2 + sizeWidth + 2 + lines
    }

    private func cellWidth(_ layout: Layout) -> Int {
        if layout == .compact { return 1 }
        let regions = report.pairs.map { "\($0.regions.count)".count }.max() ?? 1
        return regions + 3
    }

    private func width(_ layout: Layout) -> Int {
        layout == .list ? 0 : labelWidth(layout) + 2 + shown.count * cellWidth(layout)
    }
}
