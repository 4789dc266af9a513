import CSQLite

/// One prepared statement with its values bound; it must die before its connection does.
package struct Statement: ~Copyable {
    private let pointer: OpaquePointer
    private let sql: String

    private init(owning pointer: OpaquePointer, sql: String) {
        self.pointer = pointer
        self.sql = sql
    }

    /// Compiles exactly one statement and binds all its positions, `?1` first.
    static func prepare(
        _ sql: String, _ values: [Value], on database: OpaquePointer
    ) throws(SQLiteError) -> Statement {
        var pointer: OpaquePointer?
        var isAlone = true
        let code = sql.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(database, start, -1, &pointer, &tail)
            if let tail { isAlone = String(cString: tail).allSatisfy(\.isWhitespace) }
            return code
        }
        guard code == SQLITE_OK else { throw database.error(in: sql) }
        guard let pointer else { throw SQLiteError.misuse("no statement", sql: sql) }
        let statement = Statement(owning: pointer, sql: sql)
        guard isAlone else { throw SQLiteError.misuse("more than one statement", sql: sql) }
        guard Int(sqlite3_bind_parameter_count(pointer)) == values.count else {
            throw SQLiteError.misuse("parameter count", sql: sql)
        }
        for (index, value) in values.enumerated() { try statement.bind(value, at: index + 1) }
        return statement
    }

    deinit { sqlite3_finalize(pointer) }

    /// Binds the value of one position, counted from 1, for the next run.
    package func bind(_ value: Value, at position: Int) throws(SQLiteError) {
        let at = Int32(position)
        let code =
            switch value {
            case .null: sqlite3_bind_null(pointer, at)
            case .integer(let number): sqlite3_bind_int64(pointer, at, Int64(number))
            case .real(let number): sqlite3_bind_double(pointer, at, number)
            case .text(let text):
                sqlite3_bind_text64(
                    pointer, at, text, UInt64(text.utf8.count), wt_sqlite_transient(),
                    UInt8(SQLITE_UTF8))
            // An empty array has no address, and SQLite takes that for NULL.
            case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(pointer, at, 0)
            case .blob(let bytes):
                sqlite3_bind_blob64(
                    pointer, at, bytes, UInt64(bytes.count), wt_sqlite_transient())
            }
        try check(code)
    }

    /// Goes to the next row; false when there is none left.
    package func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(pointer)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            try check(code)
            return false
        }
    }

    /// Makes the statement ready to run again; the bound values stay.
    package func reset() {
        // The result repeats the error that the last step has thrown.
        _ = sqlite3_reset(pointer)
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code != SQLITE_OK else { return }
        guard let database = sqlite3_db_handle(pointer) else {
            throw SQLiteError(code: code, message: "", sql: sql)
        }
        throw database.error(in: sql)
    }
}

/// Columns of the current row, counted from 0. SQLite converts between kinds by its own rules.
extension Statement {
    /// True for NULL only; 0 and empty texts are values.
    package func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL
    }

    /// The column as SQLite stores it, with no conversion but the repair of invalid UTF-8.
    package func value(_ column: Int) -> Value {
        switch sqlite3_column_type(pointer, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(pointer, Int32(column)))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    /// Null is 0.
    package func integer(_ column: Int) -> Int {
        Int(sqlite3_column_int64(pointer, Int32(column)))
    }

    /// Null is empty; invalid UTF-8 becomes U+FFFD.
    package func text(_ column: Int) -> String {
        // The order matters: asking for the text may convert, and the count is that of the result.
        guard let start = sqlite3_column_text(pointer, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(
            decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Null is nil.
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// Null is nil.
    package func optionalInteger(_ column: Int) -> Int? {
        isNull(column) ? nil : integer(column)
    }

    /// Null is empty.
    package func blob(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(pointer, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension SQLiteError {
    static func misuse(_ message: String, sql: String) -> SQLiteError {
        SQLiteError(code: SQLITE_MISUSE, message: message, sql: sql)
    }
}

extension OpaquePointer {
    /// The last failure of this `sqlite3 *`; to be asked before anything else is done with it.
    func error(in sql: String) -> SQLiteError {
        SQLiteError(
            code: sqlite3_extended_errcode(self), message: String(cString: sqlite3_errmsg(self)),
            sql: sql, systemCode: sqlite3_system_errno(self))
    }
}
