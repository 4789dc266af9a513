import Base
import CLibgit2
import Glibc

/// Storing a tree's work under a ref; runs on the lane of the tree's own repository.
extension Repository {
    func preserve(
        _ tree: Worktree, _ state: TreeState, submodules: [RepositoryPath: ObjectID],
        _ request: PreservationRequest
    ) throws(WorktreeError) -> Preservation {
        try WorktreeError.during(.preserve, tree.path.description) {
            var lost = state.folder.nested + state.folder.special
            lost += state.folder.unreadable.map { RepositoryPath($0.path) }
            for finding in state.findings {
                switch finding {
                case .unknown(let subject, _): lost.append(RepositoryPath(subject))
                case .settings(let names): lost += names.map { RepositoryPath($0) }
                default: break
                }
            }
            if request.leavesOut { lost = [] }
            // A tree without commit, as after `git checkout --orphan`, is told of by its difference to the base.
            guard lost.isEmpty, let head = state.head ?? (request.leavesOut ? tree.base : nil)
            else { return .impossible(lost.sorted()) }
            let root = try FolderListing.open(tree.path)
            defer { close(root) }
            // What is staged differs from `HEAD` although the folder equals the index.
            let staged = Dictionary(grouping: state.staged) { TreeFile.isFile($0, below: root) }
            let paths = Set(state.folder.uncommitted + (staged[true] ?? [])).sorted()
            let deleted = state.folder.deleted + (staged[false] ?? [])
            var bytes = 0
            for path in paths { bytes += try TreeFile.status(of: path, below: root).st_size }
            guard bytes <= request.limit else {
                return .tooLarge(bytes: bytes, limit: request.limit)
            }
            let parents: [ObjectID]
            switch try parentsOfPreserved(tree, state, head: head, request) {
            case .commits(let found): parents = found
            case .notCommits(let names): return .impossible(names)
            }
            var items: [RepositoryPath: TreeItem?] = [:]
            for path in deleted { items[path] = .some(nil) }
            for (path, id) in submodules { items[path] = TreeItem(mode: .submodule, id: id) }
            for path in paths { items[path] = try storeRaw(path, below: root) }
            let unfiltered = try storeUnfiltered(
                head: head, changed: items, below: root, limit: request.limit - bytes)
            guard !unfiltered.isTooMuch else {
                return .tooLarge(bytes: bytes + unfiltered.stored, limit: request.limit)
            }
            var edit = TreeEdit()
            for (path, item) in items { edit.set(path, to: item) }
            let stored = try edit.apply(to: commit(head).tree, in: self)
            let beside = try unfiltered.commit(for: request.subject, on: head, in: self)
            return try record(
                tree: try stored ?? writeTree([]), parents: parents + (beside.map { [$0] } ?? []),
                message: message(for: tree, state, request, unfiltered: beside), as: request.ref)
        }
    }

    private func storeRaw(_ path: RepositoryPath, below root: Int32) throws -> TreeItem {
        let (entry, content) = try TreeFile.read(path, below: root)
        guard let bytes = content.bytes else {
            throw FileError("read", path.description, code: EFBIG)
        }
        return TreeItem(mode: FileMode(of: entry) ?? .file, id: try writeBlob(bytes))
    }

    private enum Parents {
        case commits([ObjectID])
        case notCommits([RepositoryPath])
    }

    /// `HEAD`, the index where it differs, conflicts' sides, then every commit that nothing else leads to.
    private func parentsOfPreserved(
        _ tree: Worktree, _ state: TreeState, head: ObjectID, _ request: PreservationRequest
    ) throws -> Parents {
        var parents = [head]
        parents += try indexCommits(state, head: head, of: request.subject)
        let tip = try tree.branch.map { branch throws(GitError) in try target(of: branch) } ?? nil
        let named = [tree.base] + (tip.map { [$0] } ?? [])
        let stashes = state.findings.flatMap { finding -> [ObjectID] in
            if case .stashes(let ids) = finding { ids } else { [] }
        }
        for id in named + state.unreachable + stashes + state.references.map(\.id) {
            guard let commit = try peeledCommit(id) else {
                if request.leavesOut { continue }
                let name = state.references.first { $0.id == id }?.name ?? id.description
                return .notCommits([RepositoryPath(name)])
            }
            var isHeld = parents.contains(commit)
            for parent in parents where !isHeld { isHeld = try isAncestor(commit, of: parent) }
            if !isHeld { parents.append(commit) }
        }
        return .commits(parents)
    }

    /// The index as commits, as `git stash` keeps it: one for what is staged, one for each side of conflicts.
    ///
    /// Their time is that of `HEAD`, so that a second call finds that it has nothing new.
    func indexCommits(
        _ state: TreeState, head: ObjectID, of subject: String
    ) throws -> [ObjectID] {
        guard !state.staged.isEmpty || !state.unmerged.isEmpty else { return [] }
        let index = try Index(at: plainIndex ?? layout.gitDirectory.appending("index"))
        let paths = Set(state.staged + state.unmerged)
        var edits = [TreeEdit(), TreeEdit(), TreeEdit(), TreeEdit()]
        var used = [true, false, false, false]
        for path in state.staged { edits[0].set(path, to: nil) }
        for position in 0..<index.count {
            let entry = index[position].pointee
            let path = entry.repositoryPath
            let added = UInt16(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue)
            guard paths.contains(path), entry.flags_extended & added == 0,
                let mode = FileMode(lenient: entry.mode), (0...3).contains(entry.stage)
            else { continue }
            edits[entry.stage].set(path, to: TreeItem(mode: mode, id: ObjectID(entry.id)))
            used[entry.stage] = true
        }
        let base = try commit(head)
        let author = try userIdentity() ?? .fallback
        return try (0..<4).filter { used[$0] }.compactMap { stage in
            let written = try edits[stage].apply(to: stage == 0 ? base.tree : nil, in: self)
            let tree = try written ?? writeTree([])
            if stage == 0, tree == base.tree { return nil }
            return try writeCommit(
                tree: tree, parents: [head], author: author,
                time: Timestamp(milliseconds: base.time * 1000),
                message: stage == 0
                    ? "Index of \(subject)"
                    : "Index of \(subject): side \(stage) of its conflicts")
        }
    }

    private func message(
        for tree: Worktree, _ state: TreeState, _ request: PreservationRequest,
        unfiltered: ObjectID?
    ) -> String {
        """
        Preserve \(request.subject): \(request.reason)

        Uncommitted work of the worktree \(tree.path)
        (\(tree.shortBranch ?? "detached HEAD"), from \(tree.base)), every file as it was on disk.
        Its first parent is the commit that the worktree was on; further parents are its index,
        where that differed, and commits that nothing else leads to.

        Get it back with: treeguild undo \(request.subject)
        or with: git worktree add --detach <folder> <this commit>
        """ + (unfiltered.map { "\n\n" + UnfilteredFiles.trailer + "\($0)" } ?? "")
    }

    /// Commits, and creates the ref under the first free name; an earlier commit of the same is taken instead.
    private func record(
        tree: ObjectID, parents: [ObjectID], message: String, as name: String
    ) throws(GitError) -> Preservation {
        let author = try userIdentity() ?? .fallback
        var commit: ObjectID?
        for number in 1...10_000 {
            let ref = number == 1 ? name : "\(name)-\(number)"
            if let found = try target(of: ref) {
                let earlier = try self.commit(found)
                if earlier.tree == tree, earlier.parents == parents {
                    return .stored(ref: ref, commit: found)
                }
                continue
            }
            let id: ObjectID
            if let commit {
                id = commit
            } else {
                id = try writeCommit(
                    tree: tree, parents: parents, author: author, time: .now, message: message)
            }
            commit = id
            do throws(GitError) {
                try createReference(ref, at: id, reason: "treeguild: preserve")
                return .stored(ref: ref, commit: id)
            } catch {
                // Somebody was faster with this name.
                guard error.code == .exists || error.isTransient else { throw error }
            }
        }
        throw GitError(.exists, "create ref", name)
    }
}
