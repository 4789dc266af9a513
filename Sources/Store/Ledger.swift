package import Base
import SQLite

/// The record of all runs of one repository: what was meant, what was done, who may do it.
///
/// Many processes use one ledger at once, each through a `Ledger` of its own. Every method is one
/// transaction: when it returns, what it did is on disk, and when it throws, nothing was done. A
/// change of state and the event that tells of it are in the same transaction.
package actor Ledger {
    /// Holds `ledger.db` and `key`; only its owner may look inside.
    package nonisolated let folder: AbsolutePath
    let connection: Connection
    let chain: EventChain
    let author: String
    let clock: @Sendable () -> Timestamp
    private var faults: FaultPoint
    private let lane: Lane

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// Opens the ledger in the folder and makes what is missing: folder, key, database, tables.
    ///
    /// `author` is the actor of the events that changes of state bring; `clock` gives their times.
    package static func open(
        at folder: AbsolutePath, faults: FaultPoint = FaultPoint(), author: String = "treeguild",
        clock: @escaping @Sendable () -> Timestamp = { Timestamp.now }
    ) async throws(StoreError) -> Ledger {
        let lane = Lane(label: "ledger")
        guard let files = try await Opening(lane: lane).open(folder, true, faults) else {
            throw StoreError.corrupt(path: OpenLedger.database(in: folder), detail: "version")
        }
        return Ledger(folder, files, author: author, clock: clock, lane: lane)
    }

    /// Opens the ledger in the folder; nil when there is none. Makes nothing.
    ///
    /// An older schema is brought up to date.
    package static func openExisting(
        at folder: AbsolutePath, faults: FaultPoint = FaultPoint(), author: String = "treeguild",
        clock: @escaping @Sendable () -> Timestamp = { Timestamp.now }
    ) async throws(StoreError) -> Ledger? {
        let lane = Lane(label: "ledger")
        guard let files = try await Opening(lane: lane).open(folder, false, faults) else {
            return nil
        }
        return Ledger(folder, files, author: author, clock: clock, lane: lane)
    }

    private init(
        _ folder: AbsolutePath, _ files: consuming sending OpenLedger, author: String,
        clock: @escaping @Sendable () -> Timestamp, lane: Lane
    ) {
        self.folder = folder
        self.author = author
        self.clock = clock
        self.lane = lane
        chain = EventChain(key: files.key)
        faults = files.faults
        connection = files.connection
    }

    // Closing writes the log back into the database: not on a thread of the pool.
    isolated deinit {}

    /// How many fault points the ledger has passed since it was opened.
    package var pointsPassed: Int { faults.passed }

    /// A number that changes when another `Ledger`, here or in another process, has written.
    ///
    /// Costs no disk access to speak of; own writes do not change it.
    package var dataVersion: Int {
        get throws(StoreError) {
            try wrap { () throws(SQLiteError) in try connection.dataVersion() }
        }
    }
}

/// Does the blocking part of opening on the ledger's own thread.
private actor Opening {
    private let lane: Lane

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(lane: Lane) { self.lane = lane }

    func open(
        _ folder: AbsolutePath, _ creating: Bool, _ faults: FaultPoint
    ) throws(StoreError) -> sending OpenLedger? {
        try OpenLedger.open(in: folder, creating: creating, faults: faults)
    }
}

/// Transactions, for the parts of the ledger.
extension Ledger {
    var path: AbsolutePath { OpenLedger.database(in: folder) }

    func wrap<Result: ~Copyable>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(StoreError) -> Result {
        try StoreError.wrap(path, body)
    }

    /// Runs the body as one write transaction; `run` is the run that rows in it belong to.
    func write<Result>(
        for run: RunID?, _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        do throws(StoreError) {
            let result = try connection.transaction({ StoreError($0, at: path) }) {
                () throws(StoreError) -> Result in
                let result = try body()
                faults.pass()
                return result
            }
            faults.pass()
            return result
        } catch .database(let error) where error.isMissingParent {
            guard let run else { throw .database(error) }
            throw .unknownRun(run)
        }
    }
}
