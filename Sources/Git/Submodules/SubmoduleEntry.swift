import Base
import CLibgit2

/// A submodule as a commit names it.
struct SubmoduleEntry: Sendable {
    let path: RepositoryPath
    /// Name of its folder below `modules`.
    let name: String
    /// The commit that is to be checked out.
    let id: ObjectID
    /// `submodule.<name>.update` of `.gitmodules`.
    let update: String?
}

extension Repository {
    /// The submodules of a commit that its `.gitmodules` names, in byte order of their paths.
    func submodules(of id: ObjectID) throws -> [SubmoduleEntry] {
        let tree = try commit(id).tree
        guard
            let file = try entries(of: tree).first(where: { $0.name == Array(".gitmodules".utf8) }),
            file.item.mode.isRegular
        else { return [] }
        let named = try SubmoduleNames(parsing: blob(file.item.id))
        return try files(of: tree).compactMap { change in
            guard let item = change.new, item.mode == .submodule,
                let name = named.names[change.path]
            else { return nil }
            return SubmoduleEntry(
                path: change.path, name: name, id: item.id, update: named.updates[name])
        }
    }

    /// Whether the user has this submodule, by git's three rules.
    func isActive(_ submodule: SubmoduleEntry) throws(GitError) -> Bool {
        if let value = try configuration("submodule.\(submodule.name).active") {
            return Repository.isTrue(value)
        }
        if let value = try configuration("submodule.active") {
            // Other pathspecs than a folder or everything are left to git: not set up here.
            let pattern = RepositoryPath(value)
            return value == "." || pattern == submodule.path
                || submodule.path.bytes.starts(with: pattern.bytes + [UInt8(ascii: "/")])
        }
        return try configuration("submodule.\(submodule.name).url") != nil
    }

    /// Whether git would check it out at an update.
    func isUpdated(_ submodule: SubmoduleEntry) throws(GitError) -> Bool {
        let configured = try configuration("submodule.\(submodule.name).update")
        return (configured ?? submodule.update) != "none"
    }
}

/// What a `.gitmodules` file says.
private struct SubmoduleNames {
    private(set) var names: [RepositoryPath: String] = [:]
    private(set) var updates: [String: String] = [:]

    /// Reads it as git reads its configuration.
    init(parsing bytes: [UInt8]) throws {
        // libgit2 1.5 reads configuration from files alone.
        let folder = try Files.makePrivateFolder(
            in: AbsolutePath("/tmp", relativeTo: Files.currentFolder()), prefix: "treeguild-")
        // What is left of it holds nothing of anyone's.
        defer { try? Files.removeTree(folder) }
        let file = folder.appending("gitmodules")
        try Files.create(file, with: bytes, mode: 0o600)
        let config = try Owned(git_config_free, "read configuration", ".gitmodules") {
            git_config_open_ondisk(&$0, file.description)
        }
        var iterator: OpaquePointer?
        try check(
            git_config_iterator_glob_new(
                &iterator, config.pointer, "^submodule\\..*\\.(path|update)$"),
            "read configuration", ".gitmodules")
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        while true {
            let status = git_config_next(&entry, iterator)
            if status == GIT_ITEROVER.rawValue { return }
            try check(status, "read configuration", ".gitmodules")
            guard let found = entry?.pointee, let value = found.value else { continue }
            let key = String(cString: found.name).dropFirst("submodule.".count)
            guard let dot = key.lastIndex(of: ".") else { continue }
            let name = String(key[..<dot])
            guard SubmoduleNames.isSafe(name) else { continue }
            if key[dot...] == ".update" {
                updates[name] = String(cString: value)
            } else {
                names[RepositoryPath(String(cString: value))] = name
            }
        }
    }

    /// False for a name that would lead out of the folder of modules.
    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/")
            && !name.utf8.split(separator: UInt8(ascii: "/")).contains {
                $0.elementsEqual("..".utf8)
            }
    }
}
