import Base
import SQLite
import TestSupport
import Testing

struct TransactionTests {
    private struct Stop: Error {}

    private func table(in scratch: borrowing Scratch) throws -> Connection {
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        try connection.execute("CREATE TABLE t (v)")
        return connection
    }

    @Test func `what throws is undone, what returns is kept`() throws {
        let scratch = try Scratch()
        let connection = try table(in: scratch)
        let sum = try connection.transaction { () throws(SQLiteError) in
            try connection.run("INSERT INTO t VALUES (1)")
        }
        #expect(sum == 1)
        #expect(throws: Stop.self) {
            try connection.transaction({ _ in Stop() }) { () throws(Stop) in
                do { try connection.run("INSERT INTO t VALUES (2)") } catch { throw Stop() }
                throw Stop()
            }
        }
        let other = try Connection.open(scratch.path.appending("db"), .existing)
        #expect(try other.first("SELECT group_concat(v) FROM t") == .text("1"))
    }

    @Test func `a full database is told apart and keeps what it had`() throws {
        let scratch = try Scratch()
        let connection = try table(in: scratch)
        try connection.run("INSERT INTO t VALUES (1)")
        try connection.execute("PRAGMA max_page_count = 3")
        let error = #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.run("INSERT INTO t VALUES (2)")
                try connection.run(
                    "INSERT INTO t VALUES (?1)", [.blob(Array(repeating: 7, count: 1 << 16))])
            }
        }
        #expect(error?.isFull == true)
        #expect(try connection.first("SELECT group_concat(v) FROM t") == .text("1"))
        try connection.transaction { () throws(SQLiteError) in
            try connection.run("INSERT INTO t VALUES (3)")
        }
    }

    @Test func `a snapshot sees one moment while another connection writes`() throws {
        let scratch = try Scratch()
        let connection = try table(in: scratch)
        let other = try Connection.open(scratch.path.appending("db"), .existing)
        let counts = try connection.snapshot({ $0 }) { () throws(SQLiteError) in
            let before = try connection.first("SELECT count(*) FROM t")
            try other.run("INSERT INTO t VALUES (1)")
            return [before, try connection.first("SELECT count(*) FROM t")]
        }
        #expect(counts == [.integer(0), .integer(0)])
        #expect(try connection.first("SELECT count(*) FROM t") == .integer(1))
    }

    @Test func `writers take turns and lose nothing`() async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        try table(in: scratch).run("INSERT INTO t VALUES (0)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let connection = try Connection.open(path, .existing)
                    for _ in 0..<50 {
                        // Read, then write: only a lock from the start keeps two from reading the same.
                        try connection.transaction { () throws(SQLiteError) in
                            guard case .integer(let v) = try connection.first("SELECT v FROM t")
                            else { return }
                            try connection.run("UPDATE t SET v = ?1", [.integer(v + 1)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let connection = try Connection.open(path, .existing)
        #expect(try connection.first("SELECT v FROM t") == .integer(200))
    }
}

struct MigrationTests {
    private let steps = [
        Migration(version: 1, script: "CREATE TABLE a (v); INSERT INTO a VALUES (1)"),
        Migration(version: 2, script: "CREATE TABLE b (v)"),
    ]

    @Test func `each step runs once`() throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        #expect(try connection.migrate([steps[0]]) == .older(found: 0))
        #expect(try connection.migrate(steps) == .older(found: 1))
        #expect(try connection.migrate(steps) == .current)
        #expect(try connection.first("SELECT count(*) FROM a") == .integer(1))
        #expect(try connection.first("PRAGMA user_version") == .integer(2))
    }

    @Test func `a newer database is refused and left alone`() throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        try connection.execute("PRAGMA user_version = 7")
        #expect(try connection.migrate(steps) == .newer(found: 7, known: 2))
        #expect(try connection.first("SELECT count(*) FROM sqlite_schema") == .integer(0))
    }

    @Test func `a step that fails leaves nothing of any step`() throws {
        let scratch = try Scratch()
        let connection = try Connection.open(scratch.path.appending("db"), .create)
        let broken = [steps[0], Migration(version: 2, script: "CREATE TABLE c (v); nonsense")]
        #expect(throws: SQLiteError.self) { _ = try connection.migrate(broken) }
        #expect(try connection.first("SELECT count(*) FROM sqlite_schema") == .integer(0))
        #expect(try connection.migrate(steps) == .older(found: 0))
    }

    @Test func `of many at once exactly one migrates`() async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("db")
        let steps = steps
        let found = try await withThrowingTaskGroup(of: SchemaVersion.self) { group in
            for _ in 0..<8 {
                group.addTask { try Connection.open(path, .create).migrate(steps) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.filter { $0 == .older(found: 0) }.count == 1)
        #expect(found.filter { $0 == .current }.count == 7)
    }
}
