import Base

/// A name that leads to an object, in one worktree alone.
struct WorktreeReference: Hashable, Sendable {
    let name: String
    let id: ObjectID
}

/// Everything that was found in a tree, unabridged.
struct TreeState: Sendable {
    var head: ObjectID?
    var findings: [TreeInspection.Finding] = []
    var inProgress: [OperationInProgress] = []
    var staged: [RepositoryPath] = []
    var unmerged: [RepositoryPath] = []
    var hidden: [RepositoryPath] = []
    var folder = FolderState()
    var references: [WorktreeReference] = []
    var unreachable: [ObjectID] = []
    /// The index is in a form that only the `git` program reads: split or sparse.
    var needsPlainIndex = false
    /// Those that are set up, as they were found.
    var submodules: [SubmoduleState] = []

    /// Records that something could not be looked at.
    mutating func fail(_ subject: String, _ error: any Error) {
        var cause: any Error = error
        if case .git(let inner) = (error as? WorktreeError)?.cause { cause = inner }
        if case .file(let inner) = (error as? WorktreeError)?.cause { cause = inner }
        let reason =
            switch cause {
            case let error as GitError:
                "\(error.operation): "
                    + (error.message.isEmpty ? "\(error.code)" : error.message)
            case let error as FileError: "\(error.operation): \(error.reason)"
            default: "\(error)"
            }
        findings.append(.unknown(subject: subject, reason: reason))
    }

    /// The bounded form that leaves the module.
    var inspection: TreeInspection {
        let lists: [([RepositoryPath], (PathList) -> TreeInspection.Finding)] = [
            (staged, { .staged($0) }), (unmerged, { .unmerged($0) }), (hidden, { .hidden($0) }),
            (folder.modified, { .modified($0) }), (folder.deleted, { .deleted($0) }),
            (folder.untracked, { .untracked($0) }), (folder.ignored, { .ignored($0) }),
            (folder.providedChanged, { .providedChanged($0) }),
            (folder.nested, { .nestedRepositories($0) }), (folder.special, { .special($0) }),
            (submodules.filter(\.holdsWork).map(\.path), { .submodules($0) }),
        ]
        var all = findings
        for (paths, finding) in lists where !paths.isEmpty { all.append(finding(PathList(paths))) }
        all += inProgress.map { .inProgress($0) }
        let named = references.filter { $0.name.hasPrefix("refs/") }.map(\.name)
        if !named.isEmpty { all.append(.worktreeReferences(named)) }
        if !unreachable.isEmpty { all.append(.unreachableCommits(unreachable)) }
        all += folder.undecided.map {
            .unknown(subject: $0.path.description, reason: "its filter cannot be run")
        }
        all += folder.unreadable.map { .unknown(subject: $0.path, reason: $0.reason) }
        return TreeInspection(head: head, findings: all)
    }
}

/// What a walk over a tree's folder found.
struct FolderState: Sendable {
    var modified: [RepositoryPath] = []
    var deleted: [RepositoryPath] = []
    var untracked: [RepositoryPath] = []
    var ignored: [RepositoryPath] = []
    var providedChanged: [RepositoryPath] = []
    var nested: [RepositoryPath] = []
    var special: [RepositoryPath] = []
    /// Submodules that are set up, with the index's commit.
    var submodules: [(path: RepositoryPath, id: ObjectID)] = []
    /// Tracked files with filters that only git has, with the index's object.
    var undecided: [(path: RepositoryPath, id: ObjectID)] = []
    var unreadable: [FileError] = []

    /// Files whose content is neither in the index nor anyone else's, in byte order.
    var uncommitted: [RepositoryPath] {
        (modified + untracked + ignored + providedChanged).sorted()
    }
}
