import Base

/// Repositories of submodules that no folder of the tree leads to any more: after `git submodule deinit`, or after
/// the folder was deleted, they are the only place of what was committed there.
extension Worktrees {
    /// Counts those that hold something as repositories of their own, by their names.
    func lookForAbandonedModules(of level: ModuleLevel, _ state: inout TreeState) async {
        let modules = level.gitDirectory.appending("modules")
        guard Files.kind(of: modules) == .folder else { return }
        do {
            let known = Set(state.submodules.map { $0.repository.layout.gitDirectory })
            for (name, path) in try Worktrees.repositories(below: modules, without: known) {
                let shown = RepositoryPath(name)
                var source: Repository?
                if let place = level.source(of: name, at: shown) {
                    source = try Worktrees.module(at: place)
                }
                guard try await Worktrees.holdsOwn(path, besides: source),
                    !state.folder.nested.contains(shown)
                else { continue }
                state.folder.nested.append(shown)
            }
        } catch {
            state.fail("modules", error)
        }
    }

    /// Whether a repository has an object in its own store that its source has not.
    private static func holdsOwn(_ path: AbsolutePath, besides source: Repository?) async throws
        -> Bool
    {
        let own = try ObjectStore(path.appending("objects")).objects()
        guard let source else { return !own.isEmpty }
        for id in own where try await !source.contains(id) { return true }
        return false
    }

    /// Repositories below a folder of modules, with their names; also those of submodules in them, but nothing of
    /// those that are known.
    private static func repositories(
        below folder: AbsolutePath, without known: Set<AbsolutePath>, prefix: String = ""
    ) throws(FileError) -> [(name: String, path: AbsolutePath)] {
        var found: [(name: String, path: AbsolutePath)] = []
        for name in try Files.list(folder).sorted() {
            let path = folder.appending(name)
            guard Files.kind(of: path) == .folder else { continue }
            guard Files.kind(of: path.appending("objects")) == .folder else {
                found += try repositories(below: path, without: known, prefix: prefix + name + "/")
                continue
            }
            if known.contains(Repository.canonical(path)) { continue }
            found.append((prefix + name, path))
            let inner = path.appending("modules")
            if Files.kind(of: inner) == .folder {
                found += try repositories(below: inner, without: known, prefix: prefix + name + "/")
            }
        }
        return found
    }
}
