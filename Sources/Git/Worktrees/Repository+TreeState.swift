import Base
import CLibgit2

/// Looking at one tree; runs on the lane of the tree's own repository.
extension Repository {
    /// Everything that is found in the tree; what cannot be looked at is recorded as such.
    ///
    /// - Parameter isSubmodule: the repository belongs to the tree alone, with all its refs.
    func state(of tree: Worktree, rules: TreeRules, isSubmodule: Bool = false) -> TreeState {
        var state = TreeState()
        if pointer(in: tree.path.appending(".git"), prefix: "gitdir: ") != layout.gitDirectory {
            state.fail(".git", GitError(.modified, "read", tree.path.description))
        }
        inspectHead(of: tree, into: &state)
        do {
            let file = layout.gitDirectory.appending("index")
            guard Files.kind(of: file) == .file else {
                throw GitError(.notFound, "open index", file.description)
            }
            let index: Index
            do throws(GitError) {
                index = try Index(at: plainIndex ?? file)
                // Attributes are looked up in it.
                if plainIndex != nil { git_repository_set_index(handle.pointer, index.pointer) }
            } catch {
                state.needsPlainIndex = plainIndex == nil
                throw error
            }
            try inspectIndex(index, into: &state)
            try walk(tree, index, at: file, rules: rules, into: &state)
        } catch {
            state.fail("index", error)
        }
        if isSubmodule {
            inspectModuleHistory(into: &state)
        } else {
            inspectHistory(of: tree, into: &state)
        }
        return state
    }

    private func inspectHead(of tree: Worktree, into state: inout TreeState) {
        do throws(GitError) {
            let head = try head()
            let (branch, id): (String?, ObjectID?) =
                switch head {
                case .branch(let name, let id): (name, id)
                case .detached(let id): (nil, id)
                }
            state.head = id
            if branch != tree.branch { state.findings.append(.headElsewhere(branch: branch)) }
            guard let id else { throw GitError(.unborn, "read", "HEAD") }
            guard id != tree.base else { return }
            guard try isAncestor(tree.base, of: id) else {
                state.findings.append(.baseLost)
                return
            }
            state.findings.append(.commits(try commits(from: id, notIn: tree.base).count))
        } catch {
            state.fail("HEAD", error)
        }
    }

    /// Compares the index with the tree of `HEAD`.
    private func inspectIndex(_ index: borrowing Index, into state: inout TreeState) throws {
        guard let head = state.head else { return }  // Recorded already.
        let isSparse = try worktreeSettings()?.isSparse ?? false
        let committed = try files(of: commit(head).tree)
        var at = 0
        for position in 0..<index.count {
            let entry = index[position].pointee
            let path = entry.repositoryPath
            while at < committed.count, committed[at].path < path {
                state.staged.append(committed[at].path)
                at += 1
            }
            let isCommitted = at < committed.count && committed[at].path == path
            guard entry.stage == 0 else {
                if state.unmerged.last != path { state.unmerged.append(path) }
                if isCommitted,
                    position + 1 == index.count
                        || index[position + 1].pointee.repositoryPath != path
                {
                    at += 1
                }
                continue
            }
            let item = FileMode(lenient: entry.mode).map {
                TreeItem(mode: $0, id: ObjectID(entry.id))
            }
            let added = entry.flags_extended & UInt16(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue) != 0
            if !isCommitted || committed[at].new != item || added { state.staged.append(path) }
            if isCommitted { at += 1 }
            let assumed = entry.flags & UInt16(GIT_INDEX_ENTRY_VALID.rawValue) != 0
            let skipped = entry.flags_extended & UInt16(GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue) != 0
            if assumed || (skipped && !isSparse) { state.hidden.append(path) }
        }
        state.staged += committed[at...].map(\.path)
    }

    private func walk(
        _ tree: Worktree, _ index: borrowing Index, at file: AbsolutePath, rules: TreeRules,
        into state: inout TreeState
    ) throws {
        let comparison = FileComparison(
            repository: handle.pointer,
            honoursModes: try configuration("core.filemode").map(Repository.isTrue) ?? true,
            honoursLinks: try linksAsLinks(),
            root: tree.path, index: file)
        var walk = try FolderWalk(
            repository: handle.pointer, index: index.pointer, rules: rules,
            ignoring: ignoreRules(), comparison: comparison)
        walk.run(at: tree.path, isSparse: try worktreeSettings()?.isSparse ?? false)
        state.folder = walk.state
    }
}
