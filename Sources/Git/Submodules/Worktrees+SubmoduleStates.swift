import Base

extension Worktrees {
    /// Looks into the submodules that a walk found; one that is not what it seems counts as a repository of its own.
    func lookAtSubmodules(
        of tree: Worktree, in opened: Repository, level: ModuleLevel, rules: TreeRules,
        _ state: inout TreeState
    ) async {
        defer { state.folder.nested.sort() }
        for (path, recorded) in state.folder.submodules {
            do {
                guard
                    let (module, repository, source) = try self.module(at: path, level: level)
                else {
                    state.folder.nested.append(path)
                    continue
                }
                let odd = try module.oddSettings()
                guard odd.isEmpty else {
                    state.findings.append(.settings(odd.map { "\(path): \($0)" }))
                    continue
                }
                let inner = try await submodule(
                    at: path, of: tree, in: opened, repository, recorded: recorded)
                let innerLevel = level.inside(module, at: path)
                let found = await look(
                    at: inner, in: repository, level: innerLevel,
                    rules: TreeRules(isBuildOutput: rules.isBuildOutput),
                    source: source)
                state.submodules.append(
                    SubmoduleState(
                        path: path, recorded: recorded, tree: inner, repository: repository,
                        level: innerLevel, source: source, state: found))
            } catch {
                state.fail(path.description, error)
            }
        }
        await lookForAbandonedModules(of: level, &state)
    }

    /// Takes out commits that the main worktree's repository of the submodule has on refs of its own.
    func leaveOut(heldBy source: Repository, _ state: inout TreeState) async {
        do throws(GitError) {
            var left: [ObjectID] = []
            for id in state.unreachable where try await !source.holds(id) { left.append(id) }
            state.unreachable = left
        } catch {
            state.fail("commits", error)
        }
    }

    /// Opens a submodule of a tree; nil unless its repository lies where the tree's are, beside a source.
    private func module(
        at path: RepositoryPath, level: ModuleLevel
    ) throws -> (ModuleFolder, Repository, Repository)? {
        let folder = level.worktree.appending(path.description)
        let repository = try Repository(at: folder)
        let modules = Repository.canonical(level.gitDirectory.appending("modules"))
        let found = repository.layout.gitDirectory
        guard repository.layout.worktree == Repository.canonical(folder),
            found != modules, found.isInside(modules)
        else { return nil }
        let name = String(found.description.dropFirst(modules.description.count + 1))
        guard let source = level.source(of: name, at: path),
            let opened = try Worktrees.module(at: source)
        else { return nil }
        return (
            level.module(name, at: path, source: source), repository,
            opened
        )
    }

    /// A submodule as a tree of its own.
    private func submodule(
        at path: RepositoryPath, of tree: Worktree, in opened: Repository, _ inner: Repository,
        recorded: ObjectID
    ) async throws -> Worktree {
        let base = try await opened.item(at: path, in: opened.commit(tree.base).tree)
        var branch: String?
        if case .branch(let name, _) = try await inner.head() { branch = name }
        return Worktree(
            name: tree.name, path: tree.path.appending(path.description), branch: branch,
            base: base?.mode == .submodule ? base?.id ?? recorded : recorded, lockReason: "")
    }
}
