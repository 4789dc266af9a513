import CLibgit2
import Glibc

/// A name and an address, as commits carry them.
package struct Identity: Hashable, Sendable {
    /// May hold any Unicode; what a commit's header cannot carry is left out when it is written.
    package let name: String
    /// As configured; not checked to be an address.
    package let email: String

    /// Takes both as they are.
    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }

    /// Stands in where the user has configured none, as on a fresh CI machine.
    package static let fallback = Identity(name: "treeguild", email: "treeguild@localhost")

    /// `Name <address>`, without what would break a commit's header.
    var line: String {
        func clean(_ text: String) -> String {
            String(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "<" && $0 != ">" })
        }
        return "\(clean(name)) <\(clean(email))>"
    }
}

extension Repository {
    /// The user's identity as git finds it: variables first, then configuration; nil when there is none.
    package func userIdentity() throws(GitError) -> Identity? {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        let (configuredName, configuredEmail) =
            (try configuration("user.name"), try configuration("user.email"))
        let name = variable("GIT_AUTHOR_NAME") ?? configuredName
        let email = variable("GIT_AUTHOR_EMAIL") ?? configuredEmail ?? variable("EMAIL")
        guard let name, let email else { return nil }
        return Identity(name: name, email: email)
    }

    /// All configuration values whose keys are wanted, in the order in which git reads them.
    func configurationEntries(
        where isWanted: (String) -> Bool
    ) throws(GitError) -> [(key: String, value: String)] {
        let pointer = handle.pointer
        let config = try Owned(git_config_free, "read configuration", "all") {
            git_repository_config_snapshot(&$0, pointer)
        }
        var iterator: OpaquePointer?
        try check(
            git_config_iterator_new(&iterator, config.pointer), "read configuration", "all")
        defer { git_config_iterator_free(iterator) }
        var entries: [(key: String, value: String)] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while true {
            let status = git_config_next(&entry, iterator)
            if status == GIT_ITEROVER.rawValue { return entries }
            try check(status, "read configuration", "all")
            guard let found = entry?.pointee, let value = found.value else { continue }
            let key = String(cString: found.name)
            if isWanted(key) { entries.append((key, String(cString: value))) }
        }
    }

    /// One configuration value as text; nil when it is not set. All levels that git reads are read.
    package func configuration(_ key: String) throws(GitError) -> String? {
        let pointer = handle.pointer
        let config = try Owned(git_config_free, "read configuration", key) {
            git_repository_config_snapshot(&$0, pointer)
        }
        var value: UnsafePointer<CChar>?
        let status = git_config_get_string(&value, config.pointer, key)
        if status == GIT_ENOTFOUND.rawValue { return nil }
        try check(status, "read configuration", key)
        return value.map { String(cString: $0) }
    }
}
