import Base
import Review
import Store

/// Columns of texts, each as wide as its widest.
struct StatusTable: Sendable {
    private var rows: [[StyledText]]

    init(_ titles: String...) {
        rows = [titles.map { StyledText(outside: $0, .dim) }]
    }

    mutating func add(_ cells: StyledText...) { rows.append(cells) }

    var lines: [StyledText] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.compactMap { $0.indices.contains(column) ? $0[column].width : nil }.max() ?? 0
        }
        return rows.map { row in
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            let cells = row.prefix(last + 1).enumerated().map { column, cell in
                column == last ? cell : cell.padded(to: widths[column])
            }
            return cells.joined(separator: "  ")
        }
    }
}

/// The words for states, in colour.
enum StatusWord {
    static func of(_ status: RunStatus) -> StyledText { styled(status.rawValue) }

    static func of(_ status: TaskRow.Status) -> StyledText { styled(status.rawValue) }

    private static func styled(_ word: String) -> StyledText {
        switch word {
        case "completed": "\(word, .green)"
        case "failed": "\(word, .red)"
        case "killed", "interrupted": "\(word, .yellow)"
        case "running": "\(word, .cyan)"
        default: "\(word, .dim)"
        }
    }

    /// `3 completed, 1 failed`, in the order of a task's life.
    static func counts(_ tasks: [TaskRow]) -> StyledText {
        let parts = TaskRow.Status.allCases.compactMap { status -> StyledText? in
            let count = tasks.count { $0.status == status }
            return count == 0 ? nil : "\(count) \(of(status))"
        }
        return parts.isEmpty ? "no tasks" : parts.joined(separator: ", ")
    }

    /// A time without its fraction.
    static func time(_ time: Timestamp) -> String { time.description.prefix(19) + "Z" }

    static func elapsed(_ seconds: Double?) -> String {
        seconds.map { Text.elapsed(seconds: $0) } ?? "-"
    }
}
