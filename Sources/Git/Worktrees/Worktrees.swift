import Base

/// All that is done with the linked worktrees of one repository.
///
/// Every call that works in a tree opens the tree's own repository, on a lane of its own: calls for
/// different trees run beside each other. Making and removing run on the lane of the given repository:
/// give each tree that is made beside others a ``Repository`` of its own.
package struct Worktrees: Sendable {
    let repository: Repository
    let git: GitProgram?

    /// - Parameter git: for filter drivers and sparse trees; nil when the machine has none.
    package init(in repository: Repository, git: GitProgram?) {
        self.repository = repository
        self.git = git
    }

    /// Opens a tree's own repository; refuses a folder whose `.git` leads elsewhere, or is gone so that git
    /// would walk up into another repository.
    package func open(_ tree: Worktree) throws(GitError) -> Repository {
        let opened = try Repository(at: tree.path)
        guard opened.layout.worktree == Repository.canonical(tree.path),
            opened.layout.commonDirectory == repository.layout.commonDirectory,
            opened.layout.gitDirectory
                == tree.registration(in: repository.layout.commonDirectory)
        else { throw GitError(.notFound, "open worktree", tree.path.description) }
        return opened
    }
}
