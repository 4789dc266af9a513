/// One step of a schema; steps are numbered from 1 without gaps.
package struct Migration: Sendable {
    /// The `user_version` that the database has after it.
    package let version: Int
    /// Statements of SQL, ended by `;`; it must not open or end a transaction.
    package let script: String

    /// Takes both as they are; the order is that of the list which holds it.
    package init(version: Int, script: String) {
        self.version = version
        self.script = script
    }
}

/// How a database's schema stands to the one that the program knows.
package enum SchemaVersion: Equatable, Sendable {
    case current
    /// 0 is a database that nothing was made in.
    case older(found: Int)
    /// A later program made it; this one must leave it alone.
    case newer(found: Int, known: Int)
}

extension Connection {
    /// Compares the database's version with the last of `migrations`.
    package func schemaVersion(
        knowing migrations: [Migration]
    ) throws(SQLiteError) -> SchemaVersion {
        let statement = try prepare("PRAGMA user_version")
        let found = try statement.step() ? statement.integer(0) : 0
        let known = migrations.last?.version ?? 0
        if found == known { return .current }
        return found < known ? .older(found: found) : .newer(found: found, known: known)
    }

    /// Runs the steps after `version`; the caller has a transaction open and has read the version in it.
    package func apply(_ migrations: [Migration], after version: Int) throws(SQLiteError) {
        for migration in migrations where migration.version > version {
            try execute(migration.script)
            try execute("PRAGMA user_version = \(migration.version)")
        }
    }

    /// Brings the database to the last version in one transaction; a newer one is left as it is.
    ///
    /// Returns what was found: of two processes at once, one finds `older`, the other `current`.
    package func migrate(_ migrations: [Migration]) throws(SQLiteError) -> SchemaVersion {
        guard case .older = try schemaVersion(knowing: migrations) else {
            return try schemaVersion(knowing: migrations)
        }
        return try transaction { () throws(SQLiteError) -> SchemaVersion in
            let version = try schemaVersion(knowing: migrations)
            if case .older(let found) = version { try apply(migrations, after: found) }
            return version
        }
    }
}
