import Base
import SQLite

/// The files of a ledger, opened and brought to this program's schema.
struct OpenLedger: ~Copyable {
    let connection: Connection
    let key: [UInt8]
    let faults: FaultPoint

    static func database(in folder: AbsolutePath) -> AbsolutePath {
        folder.appending("ledger.db")
    }

    /// Opens the ledger, or nil when there is none and none may be made.
    static func open(
        in folder: AbsolutePath, creating: Bool, faults: FaultPoint
    ) throws(StoreError) -> OpenLedger? {
        let path = database(in: folder)
        if creating {
            do throws(FileError) { try Files.makeFolder(folder, mode: 0o700) } catch {
                throw StoreError(error, at: folder)
            }
        } else if Files.kind(of: path, followingLinks: true) == nil {
            return nil
        }
        let connection = try StoreError.wrap(path) { () throws(SQLiteError) in
            try Connection.open(path, creating ? .create : .existing)
        }
        var faults = faults
        guard
            let key = try prepare(connection, in: folder, creating: creating, faults: &faults)
        else { return nil }
        return OpenLedger(connection: connection, key: key, faults: faults)
    }

    /// Brings the schema up to date and returns the key.
    private static func prepare(
        _ connection: borrowing Connection, in folder: AbsolutePath, creating: Bool,
        faults: inout FaultPoint
    ) throws(StoreError) -> [UInt8]? {
        let path = database(in: folder)
        switch try version(of: connection, at: path) {
        case .newer(let found, let known): throw .newerVersion(found: found, known: known)
        case .current: return try loadKey(in: folder)
        // Whoever is making it has not committed yet.
        case .older(found: 0) where !creating: return nil
        case .older: break
        }
        let key = try connection.transaction({ StoreError($0, at: path) }) {
            () throws(StoreError) -> [UInt8] in
            // Asked again, now that nobody else can be at it.
            guard case .older(let found) = try version(of: connection, at: path) else {
                return try loadKey(in: folder)
            }
            // The write lock makes this the only process to make a key, and the key is on disk before
            // the ledger that needs it is committed.
            let key = found == 0 ? try loadOrMakeKey(in: folder) : try loadKey(in: folder)
            try StoreError.wrap(path) { () throws(SQLiteError) in
                try connection.apply(Schema.migrations, after: found)
                if found == 0 { try EventChain(key: key).begin(on: connection) }
            }
            faults.pass()
            return key
        }
        faults.pass()
        return key
    }

    private static func version(
        of connection: borrowing Connection, at path: AbsolutePath
    ) throws(StoreError) -> SchemaVersion {
        do throws(SQLiteError) {
            return try connection.schemaVersion(knowing: Schema.migrations)
        } catch { throw StoreError(error, at: path) }
    }
}

/// The key of the event chain: 32 random bytes that only their owner can read.
extension OpenLedger {
    private static let keyLength = 32

    private static func keyFile(in folder: AbsolutePath) -> AbsolutePath {
        folder.appending("key")
    }

    private static func loadKey(in folder: AbsolutePath) throws(StoreError) -> [UInt8] {
        let path = keyFile(in: folder)
        let key: [UInt8]
        do throws(FileError) { key = try Files.read(path, limit: 1 << 10) } catch {
            throw .keyUnusable(path: path)
        }
        guard key.count == keyLength else { throw .keyUnusable(path: path) }
        return key
    }

    private static func loadOrMakeKey(in folder: AbsolutePath) throws(StoreError) -> [UInt8] {
        let path = keyFile(in: folder)
        if Files.kind(of: path) != nil { return try loadKey(in: folder) }
        let key = Digest.random(keyLength)
        do throws(FileError) { try Files.replace(path, with: key, mode: 0o600) } catch {
            throw StoreError(error, at: path)
        }
        return key
    }
}

extension StoreError {
    /// Runs the body and turns SQLite's errors about the database at `path` into the ledger's.
    static func wrap<Result: ~Copyable>(
        _ path: AbsolutePath, _ body: () throws(SQLiteError) -> Result
    ) throws(StoreError) -> Result {
        do throws(SQLiteError) { return try body() } catch { throw StoreError(error, at: path) }
    }
}
