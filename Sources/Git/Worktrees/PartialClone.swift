import Base
import CLibgit2

/// Clones that lack objects which a remote has promised: libgit2 fetches none, the `git` program does.
extension Repository {
    /// True when objects may be missing here that git would fetch.
    func isPartialClone() throws(GitError) -> Bool {
        if try configuration("extensions.partialclone") != nil { return true }
        let pointer = handle.pointer
        let config = try Owned(git_config_free, "read configuration", "remote") {
            git_repository_config_snapshot(&$0, pointer)
        }
        var iterator: OpaquePointer?
        try check(
            git_config_iterator_glob_new(
                &iterator, config.pointer, "^remote\\..*\\.(promisor|partialclonefilter)$"),
            "read configuration", "remote")
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        let status = git_config_next(&entry, iterator)
        if status == GIT_ITEROVER.rawValue { return false }
        try check(status, "read configuration", "remote")
        return true
    }
}

extension Worktrees {
    /// Fetches the base's folders where the remote only promised them; files come when they are written.
    func fetchPromised(for tree: Worktree) async throws(WorktreeError) {
        let isPartial = try await WorktreeError.during(.base, tree.base.description) {
            try await repository.isPartialClone()
        }
        guard isPartial else { return }
        guard let git else {
            throw WorktreeError(.base, tree.base.description, .needsGit([]))
        }
        try await git.runToSuccess(
            ["ls-tree", "-r", "-t", "-z", "--name-only", tree.base.description],
            in: repository.layout.gitDirectory, stage: .base)
    }

    /// The tree's index as a tree object, written by git: libgit2 wants every blob to be there. nil in whole clones.
    func writeIndexOfPartialClone(
        _ tree: Worktree, _ opened: Repository
    ) async throws(WorktreeError) -> ObjectID? {
        let isPartial = try await WorktreeError.during(.commit, tree.path.description) {
            try await opened.isPartialClone()
        }
        guard isPartial, let git else { return nil }
        let output = try await git.runToSuccess(["write-tree"], in: tree.path, stage: .commit)
        return ObjectID(String(decoding: output.prefix(40), as: UTF8.self))
    }
}
