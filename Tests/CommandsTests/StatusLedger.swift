import Base
import Processes
import Store
import TestSupport
import Testing

@testable import Commands

/// A repository with a ledger that a test fills by hand.
struct StatusLedger: ~Copyable {
    let repository: ScratchRepository
    let ledger: Ledger
    let base: String

    init() async throws {
        let repository = try ScratchRepository()
        try repository.write("a", "one\ntwo\n")
        let base = try repository.commit("start")
        let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: 1_700_000_000_000) }
        let ledger = try await Ledger.open(
            at: repository.path.appending(".git/treeguild"), clock: clock)
        self.repository = repository
        self.ledger = ledger
        self.base = base
    }

    /// An owner that has ended: no process starts at tick 0 but the first, and that one was not PID 1's.
    static let dead = ProcessIdentity.current.description.replacingPID(with: 0x3fff_ffff)

    @discardableResult
    func run(
        _ name: String, owner: String = ProcessIdentity.current.description
    ) async throws -> RunID {
        let id = try #require(RunID(name))
        try await ledger.createRun(
            id, kind: "run", base: base, plan: [:], options: [:], owner: owner)
        return id
    }

    func task(
        _ name: String, of run: RunID, _ status: TaskRow.Status, _ data: JSON = [:]
    ) async throws {
        try await ledger.setTask(
            try #require(TaskID(name)), run: run, status: status, data: data)
    }

    /// A run that has ended with one task and a result.
    func finishedRun(_ name: String) async throws -> RunID {
        let id = try await run(name)
        try await task(
            "docs", of: id, .completed,
            [
                "kind": "local_shell", "outcome": "changed",
                "branch": .string("treeguild/\(name)/docs"),
                "base": .string(base), "head": .string(base), "commits": 1, "files": 2,
                "insertions": 3, "deletions": 1, "attempts": 1, "seconds": .number("2.5"),
                "summary": "wrote the documents\nand more", "error": .null,
            ])
        try await task(
            "lint", of: id, .failed,
            ["error": ["code": "exit", "message": "exit status 2"], "attempts": 2])
        let rows = try await ledger.tasks(run: id)
        let result: JSON = [
            "schema": "treeguild.run/1", "run": .string(name), "base": .string(base),
            "status": "completed", "started": "2023-11-14T22:13:20.000Z",
            "ended": "2023-11-14T22:13:20.000Z", "tasks": .array(rows.map(\.document)),
            "overlap": .null,
            "merge": [
                "branch": .string("treeguild/\(name)/merged"), "head": .string(base),
                "included": ["docs"],
                "excluded": [], "resolutions": [], "verdict": "none", "verifiers": [],
            ], "cleanup": [],
        ]
        try await ledger.finishRun(id, .completed, result: result)
        return id
    }

    func command(_ words: String...) async -> Captured {
        await Captured.run(words, in: repository.path, home: repository.outside)
    }
}

extension String {
    /// The identity of a process that cannot be: PIDs end at 2^22.
    fileprivate func replacingPID(with pid: Int32) -> String {
        "\(pid)" + drop { $0 != ":" }
    }
}

extension Captured {
    /// What is wrong with the one document, by the schema that it names.
    func schemaProblems() throws -> [String] {
        let document = try json
        let name = try #require(document["schema"]?.stringValue)
        let schema = try #require(Schemas.schema(named: name))
        return SchemaChecker.problems(document, schema)
    }
}
