/// A Markdown table whose first column is text and whose others are numbers.
struct Table {
    /// One heading for each column.
    let headings: [String]
    private var rows: [[String]] = []

    init(_ headings: [String]) {
        self.headings = headings
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// Columns padded so that it reads well as plain text too; no newline at the end.
    var text: String {
        let widths = headings.indices.map { column in
            ([headings] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            String(repeating: "-", count: max(width - 1, 1)) + (column == 0 ? "-" : ":")
        }
        return ([line(headings), line(rule)] + rows.map(line)).joined(separator: "\n")
    }
}
