package import Base
import SQLite

/// The right of one holder to something named, until a time.
package struct Lease: Equatable, Sendable {
    /// What is held; all runs of a repository share the names.
    package let name: String
    /// Whoever acquires with the same text counts as the same holder.
    package let holder: String
    /// When this holder first got it.
    package let acquired: Timestamp
    /// From this moment on anybody may have it.
    package let expires: Timestamp

    /// True from the moment of expiry on, whether or not anybody has taken it since.
    package func hasExpired(at now: Timestamp) -> Bool { expires <= now }
}

extension Ledger {
    /// Takes a lease that is free, expired or the holder's own; nil when another holds it.
    package func acquire(
        lease name: String, holder: String, until expiry: Timestamp, now: Timestamp
    ) throws(StoreError) -> Lease? {
        try write(for: nil) { () throws(StoreError) in
            try leases(
                """
                INSERT INTO leases (name, holder, acquired, expires) VALUES (?1, ?2, ?4, ?3)
                ON CONFLICT (name) DO UPDATE
                SET acquired = iif(holder = ?2 AND expires > ?4, acquired, ?4), holder = ?2,
                    expires = ?3
                WHERE holder = ?2 OR expires <= ?4
                RETURNING name, holder, acquired, expires
                """, [.text(name), .text(holder), .time(expiry), .time(now)]
            ).first
        }
    }

    /// Moves the expiry of a lease that the holder still has; nil when it has not.
    ///
    /// An expired lease is lost even if nobody took it: ask ``acquire(lease:holder:until:now:)`` again.
    package func renew(
        lease name: String, holder: String, until expiry: Timestamp, now: Timestamp
    ) throws(StoreError) -> Lease? {
        try write(for: nil) { () throws(StoreError) in
            try leases(
                """
                UPDATE leases SET expires = ?3 WHERE name = ?1 AND holder = ?2 AND expires > ?4
                RETURNING name, holder, acquired, expires
                """, [.text(name), .text(holder), .time(expiry), .time(now)]
            ).first
        }
    }

    /// Gives a lease back; false when the holder did not have it.
    @discardableResult
    package func release(lease name: String, holder: String) throws(StoreError) -> Bool {
        try write(for: nil) { () throws(StoreError) in
            try changes(
                "DELETE FROM leases WHERE name = ?1 AND holder = ?2 RETURNING 1",
                [.text(name), .text(holder)])
        }
    }

    /// All leases by name, expired ones included.
    package func leases() throws(StoreError) -> [Lease] {
        try leases("SELECT name, holder, acquired, expires FROM leases ORDER BY name", [])
    }

    private func leases(_ sql: String, _ values: [Value]) throws(StoreError) -> [Lease] {
        try rows(sql, values) { (row) throws(StoreError) in
            Lease(
                name: row.text(0), holder: row.text(1), acquired: time(row, 2),
                expires: time(row, 3))
        }
    }
}
