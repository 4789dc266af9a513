package import Base

/// What in a tree may differ from what was made without being anyone's work.
package struct TreeRules: Sendable {
    /// Files that set-up put there, each with the SHA-256 of its content (of a link: of its target).
    package let provided: [RepositoryPath: [UInt8]]
    /// Files and folders that are used together with the main worktree: what is not tracked in them does not count.
    package let shared: [RepositoryPath]
    /// True for ignored paths that a build makes again; a folder stands for all below it.
    package let isBuildOutput: @Sendable (RepositoryPath) -> Bool

    /// Without arguments: every file counts.
    package init(
        provided: [RepositoryPath: [UInt8]] = [:], shared: [RepositoryPath] = [],
        isBuildOutput: @escaping @Sendable (RepositoryPath) -> Bool = { _ in false }
    ) {
        self.provided = provided
        self.shared = shared
        self.isBuildOutput = isBuildOutput
    }
}

/// Paths of one kind: the first hundred in byte order, and how many there are.
package struct PathList: Hashable, Sendable {
    /// At most ``limit``.
    package let paths: [RepositoryPath]
    /// All of them.
    package let count: Int

    /// As many paths as are kept.
    package static let limit = 100

    init(_ all: [RepositoryPath]) {
        paths = Array(all.sorted().prefix(PathList.limit))
        count = all.count
    }
}

/// Something that git was in the middle of.
package enum OperationInProgress: String, Hashable, Sendable, CaseIterable {
    case merge, rebase, mailbox, cherryPick = "cherry-pick", revert, bisect, sequence
}

/// What was found in a tree: proof that nobody changed it, or every reason to think that somebody did.
package struct TreeInspection: Hashable, Sendable {
    /// One reason why the tree counts as changed.
    package enum Finding: Hashable, Sendable {
        /// Commits on the branch after the base.
        case commits(Int)
        /// `HEAD` is on this branch (nil: detached) instead of the tree's own.
        case headElsewhere(branch: String?)
        /// `HEAD` no longer descends from the base.
        case baseLost
        /// Index entries that differ from `HEAD`.
        case staged(PathList)
        /// Conflicts in the index.
        case unmerged(PathList)
        /// Index entries marked so that git does not look at their files.
        case hidden(PathList)
        /// Tracked files with other content, mode or kind.
        case modified(PathList)
        case deleted(PathList)
        case untracked(PathList)
        /// Ignored files that are neither provided nor build output.
        case ignored(PathList)
        /// Files of the set-up that hold something else by now.
        case providedChanged(PathList)
        /// Folders that are repositories of their own, and files in submodules that are not set up.
        case nestedRepositories(PathList)
        /// Submodules with changes inside, on another commit than the index names, or with commits that the main
        /// worktree's repository of the submodule has not.
        case submodules(PathList)
        /// Sockets, pipes and devices.
        case special(PathList)
        case inProgress(OperationInProgress)
        /// Refs that exist in this tree alone, by name.
        case worktreeReferences([String])
        /// Commits that only the reflog of `HEAD`, or a name like `ORIG_HEAD`, leads to.
        case unreachableCommits([ObjectID])
        /// Stashes made on the tree's branch.
        case stashes([ObjectID])
        /// Settings of the tree alone that its worker wrote, by name: git would obey them with the user's rights.
        case settings([String])
        /// Something that could not be looked at, and so counts as changed.
        case unknown(subject: String, reason: String)
    }

    /// Where `HEAD` is; nil when that could not be read.
    package let head: ObjectID?
    /// Empty exactly when all checks were made and found nothing.
    package let findings: [Finding]

    /// Proved: nothing in the tree is anyone's work.
    package var isUnchanged: Bool { findings.isEmpty }
}
