import CSQLite

/// The SQLite library as linked.
package enum SQLiteLibrary {
    /// Version of SQLite in use.
    package static var version: String { String(cString: sqlite3_libversion()) }
}
