import Base
import SQLite
import Store
import TestSupport

/// Runs the body with a folder that is not there yet, in a scratch folder that goes afterwards.
func withFolder(_ body: (AbsolutePath) async throws -> Void) async throws {
    let scratch = try Scratch()
    try await body(scratch.path.appending("ledger"))
}

/// Runs the body with a new ledger that has one run, `one`.
func withLedger(_ body: (Ledger) async throws -> Void) async throws {
    try await withFolder { folder in
        let ledger = try await Ledger.open(at: folder)
        try await ledger.createRun(run("one"))
        try await body(ledger)
    }
}

/// Looks into, or spoils, the database of a ledger beside it.
func withDatabase<Result>(
    in folder: AbsolutePath, _ body: (borrowing Connection) throws -> Result
) throws -> Result {
    try body(Connection.open(folder.appending("ledger.db"), .existing))
}

func run(_ text: String) -> RunID {
    guard let id = RunID(text) else { preconditionFailure("bad run name \(text)") }
    return id
}

func task(_ text: String) -> TaskID {
    guard let id = TaskID(text) else { preconditionFailure("bad task name \(text)") }
    return id
}

func path(_ text: String) -> AbsolutePath {
    guard let path = AbsolutePath(text) else { preconditionFailure("bad path \(text)") }
    return path
}

extension Ledger {
    /// Makes a run with uninteresting columns.
    @discardableResult
    func createRun(_ id: RunID, owner: String = "first") throws(StoreError) -> RunRecord {
        try createRun(
            id, kind: "run", base: String(repeating: "a", count: 40), plan: ["goal": "x"],
            options: [:], owner: owner)
    }

    /// The kinds of all events, in order.
    func kinds() throws(StoreError) -> [String] { try events().map(\.kind) }
}
