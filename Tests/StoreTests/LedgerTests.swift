import Base
import Glibc
import SQLite
import TestSupport
import Testing

@testable import Store

struct LedgerTests {
    private func mode(_ path: AbsolutePath) -> mode_t {
        var status = stat()
        return stat(path.description, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `a new ledger is its owner's alone`() async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(at: folder)
            #expect(mode(folder) == 0o700)
            #expect(mode(folder.appending("key")) == 0o600)
            #expect(try Files.read(folder.appending("key")).count == 32)
            #expect(try await ledger.verifyChain() == .intact(events: 0))
        }
    }

    @Test func `what was written is there when it is opened again`() async throws {
        try await withFolder { folder in
            try await Ledger.open(at: folder).createRun(run("one"))
            let ledger = try #require(try await Ledger.openExisting(at: folder))
            #expect(try await ledger.run(run("one"))?.status == .running)
            #expect(try await ledger.verifyChain() == .intact(events: 1))
        }
    }

    @Test func `to look for a ledger makes nothing`() async throws {
        try await withFolder { folder in
            #expect(try await Ledger.openExisting(at: folder) == nil)
            #expect(Files.kind(of: folder) == nil)
            try Files.makeFolder(folder)
            #expect(try await Ledger.openExisting(at: folder) == nil)
            #expect(try Files.list(folder) == [])
        }
    }

    @Test func `a database that nobody has made anything in yet is no ledger`() async throws {
        try await withFolder { folder in
            try Files.makeFolder(folder)
            try Files.create(folder.appending("ledger.db"), with: [UInt8]())
            #expect(try await Ledger.openExisting(at: folder) == nil)
            #expect(Files.kind(of: folder.appending("key")) == nil)
        }
    }

    @Test func `a ledger of a later program is refused and left alone`() async throws {
        try await withFolder { folder in
            try await Ledger.open(at: folder).createRun(run("one"))
            try withDatabase(in: folder) { try $0.execute("PRAGMA user_version = 9") }
            for creating in [true, false] {
                await #expect(throws: StoreError.newerVersion(found: 9, known: 1)) {
                    if creating {
                        _ = try await Ledger.open(at: folder)
                    } else {
                        _ = try await Ledger.openExisting(at: folder)
                    }
                }
            }
            let version = try withDatabase(in: folder) { try $0.first("PRAGMA user_version") }
            #expect(version == .integer(9))
        }
    }

    @Test func `a file that is no database is called corrupt`() async throws {
        try await withFolder { folder in
            try Files.makeFolder(folder)
            let file = folder.appending("ledger.db")
            try Files.create(file, with: Array(repeating: 0x2a, count: 9000))
            let error = await #expect(throws: StoreError.self) {
                _ = try await Ledger.open(at: folder)
            }
            guard case .corrupt(file, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `damage inside the database is called corrupt`() async throws {
        try await withFolder { folder in
            try await Ledger.open(at: folder).createRun(run("one"))
            // The close of the last connection has put everything into the one file, or does so here.
            try withDatabase(in: folder) { _ = try $0.first("PRAGMA wal_checkpoint(TRUNCATE)") }
            let file = folder.appending("ledger.db")
            var bytes = try Files.read(file)
            for index in 4096..<bytes.count { bytes[index] = 0xff }
            let copy = folder.parent.appending("copy")
            try Files.makeFolder(copy)
            try Files.create(copy.appending("ledger.db"), with: bytes)
            try Files.create(copy.appending("key"), with: Files.read(folder.appending("key")))
            let error = await #expect(throws: StoreError.self) {
                try await Ledger.open(at: copy).createRun(run("two"))
            }
            guard case .corrupt = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: [[UInt8]?.none, [], Array(repeating: 1, count: 31)])
    func `a ledger without its key is refused`(key: [UInt8]?) async throws {
        try await withFolder { folder in
            try await Ledger.open(at: folder).createRun(run("one"))
            let file = folder.appending("key")
            try Files.removeFile(file)
            if let key { try Files.create(file, with: key) }
            await #expect(throws: StoreError.keyUnusable(path: file)) {
                _ = try await Ledger.open(at: folder)
            }
        }
    }

    @Test func `a full disk is told apart and what was there stays`() async throws {
        try await withLedger { ledger in
            try await ledger.limitPages()
            let text = JSON.string(String(repeating: "x", count: 1 << 17))
            await #expect(throws: StoreError.full(path: ledger.folder.appending("ledger.db"))) {
                try await ledger.setTask(task("a"), run: run("one"), status: .running, data: text)
            }
            #expect(try await ledger.tasks(run: run("one")) == [])
            #expect(try await ledger.verifyChain() == .intact(events: 1))
            // Small things still fit, and the connection is usable.
            try await ledger.setTask(task("a"), run: run("one"), status: .running, data: .null)
            #expect(try await ledger.verifyChain() == .intact(events: 2))
        }
    }

    @Test(arguments: [true, false])
    func `a folder without write permission is told apart`(hasLedger: Bool) async throws {
        let scratch = try Scratch()
        let folder = scratch.path.appending("ledger")
        if hasLedger {
            try await Ledger.open(at: folder).createRun(run("one"))
            // Nothing may be left open, or its files could change after their modes are set.
            try withDatabase(in: folder) { _ = try $0.first("PRAGMA wal_checkpoint(TRUNCATE)") }
            for name in try Files.list(folder) {
                chmod(folder.appending(name).description, 0o444)
            }
            chmod(folder.description, 0o555)
        }
        chmod(scratch.path.description, 0o555)
        defer { chmod(scratch.path.description, 0o700) }
        // Modes do not bind the superuser, so the process gives that up.
        await #expect(processExitsWith: .success) {
            [text = folder.description as String, hasLedger = hasLedger as Bool] in
            if getuid() == 0 { setuid(65534) }
            let folder = path(text)
            do throws(StoreError) {
                _ = try await Ledger.open(at: folder)
                Issue.record("opened")
            } catch {
                let place = hasLedger ? folder.appending("ledger.db") : folder
                #expect(error == .notWritable(path: place, code: EACCES))
            }
        }
    }

    @Test(arguments: 0..<20)
    func `ledgers that are made at once share one key`(round: Int) async throws {
        try await withFolder { folder in
            let ledgers = try await withThrowingTaskGroup(of: Ledger.self) { group in
                for _ in 0..<8 { group.addTask { try await Ledger.open(at: folder) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for ledger in ledgers {
                try await ledger.append(run: run("one"), actor: "test", kind: "hello")
            }
            var keys: [[UInt8]] = []
            for ledger in ledgers { keys.append(await ledger.chain.key) }
            #expect(Set(keys).count == 1)
            #expect(try keys.first == Files.read(folder.appending("key")))
            #expect(try await ledgers[0].verifyChain() == .intact(events: 8))
        }
    }

    @Test func `processes that make one ledger at once share one key`() async throws {
        try await withFolder { folder in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        await #expect(processExitsWith: .success) {
                            [text = folder.description as String, number = number as Int] in
                            let ledger = try await Ledger.open(at: path(text))
                            for _ in 0..<20 {
                                try await ledger.append(
                                    run: run("one"), actor: "process-\(number)", kind: "hello")
                            }
                        }
                    }
                }
            }
            let ledger = try await Ledger.open(at: folder)
            #expect(try await ledger.verifyChain() == .intact(events: 80))
        }
    }
}

extension Ledger {
    /// Leaves room for about ten more pages.
    fileprivate func limitPages() throws {
        guard case .integer(let pages) = try connection.first("PRAGMA page_count") else { return }
        try connection.execute("PRAGMA max_page_count = \(pages + 10)")
    }
}
