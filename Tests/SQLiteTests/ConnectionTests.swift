import Base
import SQLite
import TestSupport
import Testing

struct ConnectionTests {
    @Test(arguments: [
        Value.null, .integer(0), .integer(.max), .integer(.min), .real(0.1), .real(-1e300),
        .text(""), .text("a\0b"), .text("é😀"), .text("'; DROP TABLE t; --"), .blob([]),
        .blob([0, 255, 0]),
    ])
    func `a value comes back as it was bound`(value: Value) throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        try connection.execute("CREATE TABLE t (v ANY) STRICT")
        #expect(try connection.run("INSERT INTO t VALUES (?1)", [value]) == 1)
        #expect(try connection.first("SELECT v FROM t") == value)
    }

    @Test(arguments: [
        ("journal_mode", Value.text("wal")), ("foreign_keys", .integer(1)),
        ("synchronous", .integer(2)), ("busy_timeout", .integer(10_000)),
    ])
    func `a connection is safe for many processes`(pragma: String, value: Value) throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        #expect(try connection.first("PRAGMA \(pragma)") == value)
    }

    @Test func `a missing file is not made when an existing one is asked for`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        let error = #expect(throws: SQLiteError.self) { _ = try Connection.open(path, .existing) }
        #expect(error?.isUnopenable == true)
        #expect(Files.kind(of: path) == nil)
    }

    @Test func `a file that is no database is told apart`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        try Files.create(path, with: Array(repeating: 0x41, count: 8192))
        let error = #expect(throws: SQLiteError.self) { _ = try Connection.open(path, .existing) }
        #expect(error?.isCorrupt == true)
    }

    @Test(arguments: 0..<30)
    func `connections that open a new file at once all succeed`(round: Int) async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        let modes = try await withThrowingTaskGroup(of: Value?.self) { group in
            for _ in 0..<8 {
                // A thread each: the pool has too few to collide.
                group.addTask { try await Opener().open(path) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(modes == Array(repeating: .text("wal"), count: 8))
    }

    @Test func `to open waits for a writer that came before the write-ahead log`() async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        let writer = try Connection.open(path, .create)
        try writer.execute("PRAGMA journal_mode = DELETE; CREATE TABLE t (v); BEGIN IMMEDIATE")
        let (starts, start) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        async let mode = Opener().open(path, start)
        for await _ in starts { break }
        // The opener meets the lock while this works; were it slower, the outcome would be the same.
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<10 { bytes = Digest.sha256(bytes + Array(repeating: 1, count: 1 << 14)) }
        #expect(bytes.count == 32)
        try writer.execute("COMMIT")
        #expect(try await mode == .text("wal"))
    }

    @Test func `the data version changes with another connection's commits only`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        let first = try Connection.open(path, .create)
        let second = try Connection.open(path, .create)
        try first.execute("CREATE TABLE t (v)")
        let before = try first.dataVersion()
        try first.run("INSERT INTO t VALUES (1)")
        #expect(try first.dataVersion() == before)
        try second.run("INSERT INTO t VALUES (2)")
        #expect(try first.dataVersion() != before)
    }
}

private actor Opener {
    private let lane = Lane(label: "opener")

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    func open(
        _ path: AbsolutePath, _ start: AsyncStream<Void>.Continuation? = nil
    ) throws -> Value? {
        start?.yield()
        let connection = try Connection.open(path, .create)
        try connection.execute("CREATE TABLE IF NOT EXISTS t (v)")
        return try connection.first("PRAGMA journal_mode")
    }
}

struct StatementTests {
    @Test(arguments: [
        ("SELECT 1; SELECT 2", [Value]()), ("", []), ("  -- nothing", []),
        ("SELECT ?1, ?2", [.integer(1)]), ("SELECT 1", [.integer(1)]),
    ])
    func `only one statement with all its values is taken`(sql: String, values: [Value]) throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        let error = #expect(throws: SQLiteError.self) { try connection.run(sql, values) }
        #expect(error?.primaryCode == 21)
    }

    @Test func `an error carries the extended code and the text, never the values`() throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        try connection.execute("CREATE TABLE t (v TEXT UNIQUE)")
        let sql = "INSERT INTO t VALUES (?1)"
        try connection.run(sql, [.text("hunter2")])
        let error = #expect(throws: SQLiteError.self) {
            try connection.run(sql, [.text("hunter2")])
        }
        #expect(error?.code == 2067)
        #expect(error?.isDuplicate == true)
        #expect(error?.sql == sql)
        #expect(!String(describing: error).contains("hunter2"))
    }

    @Test func `a row whose parent is missing is told apart`() throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        try connection.execute(
            "CREATE TABLE p (v TEXT UNIQUE); CREATE TABLE c (v TEXT REFERENCES p (v))")
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO c VALUES ('x')")
        }
        #expect(error?.isMissingParent == true)
    }

    @Test func `a statement runs again with other values`() throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        let statement = try connection.prepare("SELECT ?1 + 1, NULL, 'x'", [.integer(1)])
        // The macro takes no noncopyable values, so it sees copies only.
        var (hasRow, sum) = (try statement.step(), statement.integer(0))
        #expect(hasRow)
        #expect(sum == 2)
        let texts = [statement.optionalText(1), statement.optionalText(2)]
        #expect(texts == [nil, "x"])
        hasRow = try statement.step()
        #expect(!hasRow)
        statement.reset()
        try statement.bind(.integer(41), at: 1)
        (hasRow, sum) = (try statement.step(), statement.integer(0))
        #expect(hasRow)
        #expect(sum == 42)
    }
}
