import Base
import CLibgit2

/// Staging and committing; runs on the lane of a tree's own repository.
extension Repository {
    /// Brings paths into the tree's index; returns those that only git can filter.
    func stage(
        _ changed: [RepositoryPath], deleted: [RepositoryPath],
        submodules: [RepositoryPath: ObjectID], withoutSubmodules nested: [RepositoryPath],
        of tree: Worktree
    ) throws(WorktreeError) -> [RepositoryPath] {
        try WorktreeError.during(.commit, tree.path.description) {
            let index = try openIndex()
            // Names that became folders, or lie below what became a file, make room first.
            for path in deleted {
                let status = git_index_remove(index.pointer, path.terminated, 0)
                guard status != GIT_ENOTFOUND.rawValue else { continue }
                try check(status, "stage", path.description)
            }
            try dropNewSubmodules(nested, from: index)
            for (path, id) in submodules {
                try path.terminated.withUnsafeBufferPointer { name throws(GitError) in
                    var entry = git_index_entry()
                    entry.mode = FileMode.submodule.rawValue
                    entry.id = id.raw
                    entry.path = name.baseAddress
                    try check(git_index_add(index.pointer, &entry), "stage", path.description)
                }
            }
            let borrowed = BorrowedRepository(pointer: handle.pointer)
            let linksAsLinks = try linksAsLinks()
            var rest: [RepositoryPath] = []
            for path in changed {
                if try path.terminated.withUnsafeBufferPointer({
                    try $0.baseAddress.map { try borrowed.needsGitFilter($0) } ?? false
                }) {
                    rest.append(path)
                } else {
                    if linksAsLinks { try forgetLink(path, in: index) }
                    try check(
                        git_index_add_bypath(index.pointer, path.terminated), "stage",
                        path.description)
                }
            }
            try check(git_index_write(index.pointer), "write index", tree.path.description)
            return rest
        }
    }

    /// Takes a link out of the index: where it was one, libgit2 leaves the line ends of the file that is there now.
    private func forgetLink(
        _ path: RepositoryPath, in index: borrowing Owned
    ) throws(GitError) {
        guard let entry = git_index_get_bypath(index.pointer, path.terminated, 0)?.pointee,
            entry.mode == FileMode.link.rawValue
        else { return }
        try check(git_index_remove(index.pointer, path.terminated, 0), "stage", path.description)
    }

    /// Puts the index under a ref of this worktree where staging what lies on disk would drop contents that only it has.
    func keepSuperseded(
        _ state: TreeState, head: ObjectID, of tree: Worktree
    ) throws(WorktreeError) {
        let staged = Set(state.staged)
        guard (state.folder.modified + state.folder.deleted).contains(where: staged.contains) else {
            return
        }
        try WorktreeError.during(.commit, tree.path.description) {
            let kept = try indexCommits(state, head: head, of: tree.name)
            for (number, commit) in kept.enumerated() {
                let file = layout.gitDirectory.appending("refs/worktree/staged-\(number)")
                try Files.makeFolder(file.parent)
                try Files.replace(file, with: "\(commit)\n".utf8)
            }
        }
    }

    /// Takes out submodules that `HEAD` does not have: their commits are in no store but their own.
    private func dropNewSubmodules(
        _ nested: [RepositoryPath], from index: borrowing Owned
    ) throws(GitError) {
        guard !nested.isEmpty else { return }
        let committed = try files(of: commit(commit(named: "HEAD")).tree)
        let known = Dictionary(uniqueKeysWithValues: committed.map { ($0.path, $0.new) })
        for path in nested {
            guard let entry = git_index_get_bypath(index.pointer, path.terminated, 0)?.pointee,
                entry.mode == FileMode.submodule.rawValue
            else { continue }
            guard let item = known[path], let item, item.mode == .submodule else {
                try check(
                    git_index_remove(index.pointer, path.terminated, 0), "stage", path.description)
                continue
            }
            var restored = entry
            restored.id = item.id.raw
            try check(git_index_add(index.pointer, &restored), "stage", path.description)
        }
    }

    /// Commits the index on the branch that the tree is on; nil when it equals the head's tree.
    ///
    /// - Parameter written: the index as a tree, where somebody else has written it.
    func commitIndex(
        of tree: Worktree, on head: ObjectID, written: ObjectID?, message: String,
        identity: Identity
    ) throws(WorktreeError) -> ObjectID? {
        try WorktreeError.during(.commit, tree.branch ?? "HEAD") {
            let index = try openIndex()
            var raw = written?.raw ?? git_oid()
            if written == nil {
                try check(git_index_write_tree(&raw, index.pointer), "write tree", tree.name)
            }
            guard try commit(head).tree != ObjectID(raw) else { return nil }
            let commit = try writeCommit(
                tree: ObjectID(raw), parents: [head], author: identity, time: .now,
                message: message)
            let subject = message.split(separator: "\n").first.map(String.init) ?? ""
            try moveReference(
                tree.branch ?? "HEAD", from: head, to: commit, reason: "commit: \(subject)")
            return commit
        }
    }

    /// The tree's index as it is on disk now.
    private func openIndex() throws(GitError) -> Owned {
        let pointer = handle.pointer
        let index = try Owned(git_index_free, "open index", layout.gitDirectory.description) {
            git_repository_index(&$0, pointer)
        }
        try check(git_index_read(index.pointer, 1), "open index", layout.gitDirectory.description)
        return index
    }
}

extension RepositoryPath {
    /// The bytes as C takes them.
    var terminated: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}
