import Base
import SQLite

/// Statements and their rows, for the parts of the ledger.
extension Ledger {
    /// All rows of a statement, each made into a value.
    func rows<Row>(
        _ sql: String, _ values: [Value] = [],
        _ make: (borrowing Statement) throws(StoreError) -> Row
    ) throws(StoreError) -> [Row] {
        let statement = try wrap { () throws(SQLiteError) in try connection.prepare(sql, values) }
        var rows: [Row] = []
        while try wrap({ () throws(SQLiteError) in try statement.step() }) {
            rows.append(try make(statement))
        }
        return rows
    }

    /// True when the statement, which ends in `RETURNING`, changed a row.
    func changes(_ sql: String, _ values: [Value]) throws(StoreError) -> Bool {
        try !rows(sql, values) { (_) throws(StoreError) in true }.isEmpty
    }
}

/// Columns that hold more than SQLite's own kinds. What does not parse was not written by this program.
extension Ledger {
    func json(_ row: borrowing Statement, _ column: Int) throws(StoreError) -> JSON {
        // What is wrong with the text does not matter: it is not what was written.
        guard let value = try? JSON(parsing: row.text(column)) else { throw corrupt("json") }
        return value
    }

    /// The text to store; it is read back here, so that no row can be written that cannot be read.
    ///
    /// A value may be nested more deeply than the parser goes, once it is wrapped into another.
    func text(_ json: JSON) throws(StoreError) -> String {
        let text = json.compact
        do throws(JSONError) { _ = try JSON(parsing: text) } catch { throw .unreadable(error) }
        return text
    }

    func value(_ json: JSON) throws(StoreError) -> Value { .text(try text(json)) }

    func optionalJSON(_ row: borrowing Statement, _ column: Int) throws(StoreError) -> JSON? {
        // In a conditional expression `nil` would become JSON's own null.
        if row.isNull(column) { return .none }
        return try json(row, column)
    }

    func runID(_ row: borrowing Statement, _ column: Int) throws(StoreError) -> RunID {
        guard let id = RunID(row.text(column)) else { throw corrupt("run") }
        return id
    }

    func taskID(_ row: borrowing Statement, _ column: Int) throws(StoreError) -> TaskID {
        guard let id = TaskID(row.text(column)) else { throw corrupt("task") }
        return id
    }

    func optionalTaskID(
        _ row: borrowing Statement, _ column: Int
    ) throws(StoreError) -> TaskID? {
        row.isNull(column) ? nil : try taskID(row, column)
    }

    func path(_ row: borrowing Statement, _ column: Int) throws(StoreError) -> AbsolutePath {
        guard let path = AbsolutePath(row.text(column)) else { throw corrupt("path") }
        return path
    }

    func choice<Choice: RawRepresentable<String>>(
        _ row: borrowing Statement, _ column: Int, as _: Choice.Type = Choice.self
    ) throws(StoreError) -> Choice {
        guard let choice = Choice(rawValue: row.text(column)) else { throw corrupt("word") }
        return choice
    }

    func time(_ row: borrowing Statement, _ column: Int) -> Timestamp {
        Timestamp(milliseconds: Int64(row.integer(column)))
    }

    func corrupt(_ detail: String) -> StoreError { .corrupt(path: path, detail: detail) }
}

extension Value {
    static func time(_ time: Timestamp) -> Value { .integer(Int(time.milliseconds)) }
    static func run(_ id: RunID) -> Value { .text(id.description) }
    static func optional(_ id: TaskID?) -> Value { .optional(id?.description) }
}
