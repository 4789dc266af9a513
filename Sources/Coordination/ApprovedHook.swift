package import Base

/// The `post-checkout` hook of the user's repository, approved by its content when the run began.
package struct ApprovedHook: Hashable, Sendable {
    /// Where git would find it.
    package let path: AbsolutePath
    /// SHA-256 of the approved content, as hexadecimal digits: with any other it does not run.
    package let hash: String

    /// Takes what the user has approved.
    package init(path: AbsolutePath, hash: String) {
        self.path = path
        self.hash = hash
    }

    /// The form that the ledger keeps.
    package var json: JSON { ["path": .string(path.description), "hash": .string(hash)] }

    /// Reads what ``json`` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let path = AbsolutePath(json.text("path")), !json.text("hash").isEmpty else {
            return nil
        }
        self.init(path: path, hash: json.text("hash"))
    }
}
