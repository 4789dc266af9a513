import Base
import CLibgit2

/// Settings in files that a worker can write: what they make git run would run with the user's rights, not the worker's.
enum WorkerSettings {
    /// What a worker's own git writes, and none of which names a program.
    private static let harmless = ["branch.", "submodule.", "user."]
    private static let harmlessKeys: Set = [
        "core.sparsecheckout", "core.sparsecheckoutcone", "index.sparse",
        "core.repositoryformatversion",
    ]

    /// Keys of a file that have other values than in the user's own, and are not known to be harmless.
    static func odd(
        in file: AbsolutePath, besides own: [AbsolutePath], expecting more: [String: String] = [:]
    ) throws -> [String] {
        var known: Set<Entry> = []
        for path in own { known.formUnion(try entries(of: path)) }
        known.formUnion(more.map { Entry(key: $0.key, value: $0.value) })
        return try entries(of: file).filter { entry in
            !known.contains(entry) && !harmlessKeys.contains(entry.key)
                && !harmless.contains { entry.key.hasPrefix($0) }
        }.map(\.key)
    }

    private struct Entry: Hashable {
        let key: String
        let value: String
    }

    private static func entries(of file: AbsolutePath) throws -> [Entry] {
        guard Files.kind(of: file, followingLinks: true) == .file else { return [] }
        let config = try Owned(git_config_free, "read configuration", file.description) {
            git_config_open_ondisk(&$0, file.description)
        }
        var iterator: OpaquePointer?
        try check(
            git_config_iterator_new(&iterator, config.pointer), "read configuration",
            file.description)
        defer { git_config_iterator_free(iterator) }
        var found: [Entry] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while true {
            let status = git_config_next(&entry, iterator)
            if status == GIT_ITEROVER.rawValue { return found }
            try check(status, "read configuration", file.description)
            guard let entry = entry?.pointee else { continue }
            found.append(
                Entry(
                    key: String(cString: entry.name),
                    value: entry.value.map { String(cString: $0) } ?? ""))
        }
    }
}

extension Worktrees {
    /// Settings of a tree alone that its worker changed so that git may run something else.
    func oddSettings(of tree: Worktree, in opened: Repository) async throws -> [String] {
        guard Repository.isTrue(try await repository.configuration("extensions.worktreeconfig"))
        else { return [] }
        let name = "config.worktree"
        let common = repository.layout.commonDirectory
        return try WorkerSettings.odd(
            in: opened.layout.gitDirectory.appending(name),
            besides: [
                common.appending("config"), common.appending(name),
                repository.layout.gitDirectory.appending(name),
            ])
    }
}

extension ModuleFolder {
    /// The same for the repository of a submodule.
    func oddSettings() throws -> [String] {
        try WorkerSettings.odd(
            in: path.appending("config"), besides: [source.appending("config")],
            expecting: [
                "core.worktree": ModuleFolder.relative(worktree, from: path), "core.bare": "false",
            ])
            + WorkerSettings.odd(in: path.appending("config.worktree"), besides: [])
    }
}
