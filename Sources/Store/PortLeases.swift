package import Base
import SQLite

/// Ports that one program holds for one of its trees.
package struct PortLease: Equatable, Sendable {
    /// The leased port.
    package let port: Int
    /// Which tree of which run of which repository it is for.
    package let holder: String
    /// The process for as long as which it is held, as that process calls itself.
    package let owner: String
    /// When it was leased.
    package let acquired: Timestamp
}

/// The ports that all runs of a user on this machine have leased, whatever their repositories.
///
/// One small database for all, since ports belong to the machine and not to a repository. A lease
/// lasts as long as the process that owns it lives: nobody has to give back what a crash left.
package actor PortLeases {
    private let connection: Connection
    private let path: AbsolutePath
    private let lane: Lane

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// What decides whether a port may be leased, for the parts that ask the system.
    package struct Judge: Sendable {
        /// False only when the owner of a lease has certainly ended.
        let isAlive: @Sendable (String) -> Bool
        /// False while anybody listens on the port.
        let isFree: @Sendable (Int) -> Bool

        /// Takes the questions; both are asked while others wait, so they must be quick.
        package init(
            isAlive: @escaping @Sendable (String) -> Bool,
            isFree: @escaping @Sendable (Int) -> Bool
        ) {
            self.isAlive = isAlive
            self.isFree = isFree
        }
    }

    /// Opens the database in a folder, making both where they are missing.
    package static func open(in folder: AbsolutePath) async throws(StoreError) -> PortLeases {
        let lane = Lane(label: "ports")
        return try await Opening(lane: lane).open(in: folder)
    }

    fileprivate init(
        _ connection: consuming sending Connection, path: AbsolutePath, lane: Lane
    ) {
        self.connection = connection
        self.path = path
        self.lane = lane
    }

    // Closing writes the log back into the database: not on a thread of the pool.
    isolated deinit {}

    /// Leases so many ports of a range that nobody has and nobody listens on; nil when there are not enough.
    ///
    /// All or none, whoever else asks at the same moment. Where the search begins depends on the holder, so that
    /// a port that was just given back is seldom the next.
    package func acquire(
        _ count: Int, in range: ClosedRange<Int>, for holder: String, owner: String,
        at now: Timestamp,
        by judge: Judge
    ) throws(StoreError) -> [Int]? {
        try write { () throws(StoreError) in
            let taken = Set(try living(judge).map(\.port))
            let hash = Digest.sha256(Array(holder.utf8)).prefix(6).reduce(0) { $0 << 8 | Int($1) }
            let start = hash % range.count
            var found: [Int] = []
            for step in 0..<range.count where found.count < count {
                let port = range.lowerBound + (start + step) % range.count
                if !taken.contains(port), judge.isFree(port) { found.append(port) }
            }
            guard found.count == count else { return nil }
            for port in found { try insert(port, holder, owner, now) }
            return found.sorted()
        }
    }

    /// Leases just these ports as far as no living owner has them, whether or not somebody listens on them.
    ///
    /// For clearing up after a crash: what listens there is likely to be what is to be cleared up.
    package func reacquire(
        _ ports: [Int], for holder: String, owner: String, at now: Timestamp, by judge: Judge
    ) throws(StoreError) -> Set<Int> {
        try write { () throws(StoreError) in
            let living = try living(judge)
            var held: Set<Int> = []
            for port in ports {
                if let other = living.first(where: { $0.port == port }) {
                    if other.holder == holder, other.owner == owner { held.insert(port) }
                    continue
                }
                try insert(port, holder, owner, now)
                held.insert(port)
            }
            return held
        }
    }

    /// Gives back all that an owner holds for a holder.
    package func release(_ holder: String, owner: String) throws(StoreError) {
        try write { () throws(StoreError) in
            try run(
                "DELETE FROM ports WHERE holder = ?1 AND owner = ?2", [.text(holder), .text(owner)])
        }
    }

    /// All leases, those of ended owners included.
    package func all() throws(StoreError) -> [PortLease] {
        try StoreError.wrap(path) { () throws(SQLiteError) in
            let statement = try connection.prepare(
                "SELECT port, holder, owner, acquired FROM ports ORDER BY port")
            var leases: [PortLease] = []
            while try statement.step() {
                leases.append(
                    PortLease(
                        port: statement.integer(0), holder: statement.text(1),
                        owner: statement.text(2),
                        acquired: Timestamp(milliseconds: Int64(statement.integer(3)))))
            }
            return leases
        }
    }

    /// Leases of living owners; those of ended ones go.
    private func living(_ judge: Judge) throws(StoreError) -> [PortLease] {
        var owners: [String: Bool] = [:]
        var living: [PortLease] = []
        for lease in try all() {
            let isAlive = owners[lease.owner] ?? judge.isAlive(lease.owner)
            owners[lease.owner] = isAlive
            if isAlive {
                living.append(lease)
            } else {
                try run("DELETE FROM ports WHERE port = ?1", [.integer(lease.port)])
            }
        }
        return living
    }

    private func insert(
        _ port: Int, _ holder: String, _ owner: String, _ now: Timestamp
    ) throws(StoreError) {
        try run(
            "INSERT INTO ports (port, holder, owner, acquired) VALUES (?1, ?2, ?3, ?4)",
            [.integer(port), .text(holder), .text(owner), .time(now)])
    }

    private func run(_ sql: String, _ values: [Value]) throws(StoreError) {
        try StoreError.wrap(path) { () throws(SQLiteError) in _ = try connection.run(sql, values) }
    }

    private func write<Result>(
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try connection.transaction({ StoreError($0, at: path) }, body)
    }
}

/// Does the blocking part of opening on the leases' own thread.
private actor Opening {
    private let lane: Lane

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(lane: Lane) { self.lane = lane }

    private static let table = Migration(
        version: 1,
        script: """
            CREATE TABLE ports (
                port INTEGER PRIMARY KEY, holder TEXT NOT NULL, owner TEXT NOT NULL,
                acquired INTEGER NOT NULL
            ) STRICT;
            """)

    func open(in folder: AbsolutePath) throws(StoreError) -> PortLeases {
        do throws(FileError) { try Files.makeFolder(folder, mode: 0o700) } catch {
            throw StoreError(error, at: folder)
        }
        return PortLeases(
            try connection(folder), path: folder.appending("ports.db"), lane: lane)
    }

    private nonisolated func connection(
        _ folder: AbsolutePath
    ) throws(StoreError) -> sending Connection {
        let path = folder.appending("ports.db")
        return try StoreError.wrap(path) { () throws(SQLiteError) in
            let connection = try Connection.open(path, .create)
            try connection.transaction { () throws(SQLiteError) in
                guard case .older(let found) = try connection.schemaVersion(knowing: [Self.table])
                else { return }
                try connection.apply([Self.table], after: found)
            }
            return connection
        }
    }
}
