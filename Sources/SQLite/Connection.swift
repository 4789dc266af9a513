package import Base
import CSQLite

/// One connection to one database file, for one owner at a time: SQLite's own locking is off.
///
/// Opened in WAL mode with foreign keys on, full synchronisation and a busy timeout of ten seconds.
/// While it lives, no code of the process may open and close the database's files by other means:
/// POSIX drops all locks of a process on a file with the first descriptor that it closes.
package struct Connection: ~Copyable {
    private let database: OpaquePointer

    /// Whether a missing file is made.
    package enum Mode: Sendable { case create, existing }

    private init(owning database: OpaquePointer) { self.database = database }

    /// Opens the file, which may take the whole busy timeout; its folder must exist.
    package static func open(
        _ path: AbsolutePath, _ mode: Mode
    ) throws(SQLiteError) -> Connection {
        var handle: OpaquePointer?
        let creation = mode == .create ? SQLITE_OPEN_CREATE : 0
        let code = sqlite3_open_v2(
            path.description, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | creation, nil)
        guard let handle else {
            throw SQLiteError(code: code, message: "out of memory", sql: "open")
        }
        let connection = Connection(owning: handle)
        guard code == SQLITE_OK else { throw handle.error(in: "open") }
        try connection.configure()
        return connection
    }

    deinit { sqlite3_close_v2(database) }

    // Milliseconds.
    private static let busyTimeout: Int32 = 10_000
    private static let busyPause: Int32 = 10

    private func configure() throws(SQLiteError) {
        sqlite3_extended_result_codes(database, 1)
        // SQLite falls back to reading when it may not write, and would say so only at the first write.
        guard sqlite3_db_readonly(database, "main") == 0 else {
            throw SQLiteError(code: SQLITE_READONLY, message: "read-only", sql: "open")
        }
        sqlite3_busy_timeout(database, Connection.busyTimeout)
        try enterWriteAheadMode()
        try execute(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")
    }

    /// Waits by hand: SQLite does not call its busy handler where this switch meets a writer.
    private func enterWriteAheadMode() throws(SQLiteError) {
        var waited: Int32 = 0
        while true {
            do throws(SQLiteError) {
                if try first("PRAGMA journal_mode") == .text("wal") { return }
                // A file system without shared memory keeps its rollback journal; that is safe too.
                _ = try first("PRAGMA journal_mode = WAL")
                return
            } catch {
                guard error.isBusy, waited < Connection.busyTimeout else { throw error }
                waited += sqlite3_sleep(Connection.busyPause)
            }
        }
    }

    /// Compiles one statement; `?1` takes the first value.
    package func prepare(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> Statement {
        try Statement.prepare(sql, values, on: database)
    }

    /// Runs a script of any number of statements without parameters.
    package func execute(_ script: String) throws(SQLiteError) {
        guard sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK else {
            throw database.error(in: script)
        }
    }

    /// Runs one statement to its end and returns how many rows it inserted, updated or deleted.
    @discardableResult
    package func run(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> Int {
        let statement = try prepare(sql, values)
        while try statement.step() {}
        return Int(sqlite3_changes(database))
    }

    /// The first column of the first row; nil when there is no row. The rest is not read.
    package func first(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> Value? {
        let statement = try prepare(sql, values)
        return try statement.step() ? statement.value(0) : nil
    }

    /// A number that changes when another connection has committed, and never by this one's commits.
    package func dataVersion() throws(SQLiteError) -> Int {
        let statement = try prepare("PRAGMA data_version")
        return try statement.step() ? statement.integer(0) : 0
    }
}
