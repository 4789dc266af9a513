import CSQLite

/// What SQLite refused, without the bound values: those may be secret.
package struct SQLiteError: Error, Equatable, Sendable {
    /// Extended result code, such as 2067 for a broken unique constraint.
    package let code: Int32
    /// SQLite's own words.
    package let message: String
    /// The statement's text, or the step that failed, such as `open`.
    package let sql: String
    /// `errno` of the system call behind it; 0 when none was.
    package let systemCode: Int32

    /// For refusals of our own; what SQLite refused is read from the connection.
    package init(code: Int32, message: String, sql: String, systemCode: Int32 = 0) {
        self.code = code
        self.message = message
        self.sql = sql
        self.systemCode = systemCode
    }

    /// The low byte of the code: the class of the error.
    package var primaryCode: Int32 { code & 0xff }

    /// Another connection held its lock for longer than the busy timeout.
    package var isBusy: Bool { primaryCode == SQLITE_BUSY }

    /// The disk, or the database's own page limit, is full.
    package var isFull: Bool { primaryCode == SQLITE_FULL }

    /// The database, its folder or its file system does not take writes.
    package var isReadOnly: Bool { primaryCode == SQLITE_READONLY }

    /// The file is no database, or a damaged one.
    package var isCorrupt: Bool {
        primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB
    }

    /// The file could not be opened or made.
    package var isUnopenable: Bool { primaryCode == SQLITE_CANTOPEN }

    /// The system failed to read, write, lock or synchronise; ``systemCode`` says why.
    package var isInputOutput: Bool { primaryCode == SQLITE_IOERR }

    /// A row names a parent row that does not exist.
    package var isMissingParent: Bool { code == SQLITE_CONSTRAINT | (3 << 8) }

    /// A row with the same key exists.
    package var isDuplicate: Bool {
        // SQLITE_CONSTRAINT_UNIQUE and _PRIMARYKEY are macros that compute, which Swift cannot see.
        code == SQLITE_CONSTRAINT | (8 << 8) || code == SQLITE_CONSTRAINT | (6 << 8)
    }
}
