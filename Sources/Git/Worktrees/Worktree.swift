package import Base

/// One linked worktree as it is asked for, and as it was made: the same five facts.
package struct Worktree: Hashable, Sendable {
    /// Name of the registration, `<common>/worktrees/<name>`.
    package let name: String
    /// Its folder.
    package let path: AbsolutePath
    /// Whole name of the branch made for it; nil for a detached `HEAD`.
    package let branch: String?
    /// The commit it starts from.
    package let base: ObjectID
    /// Text of the registration's lock: who may remove the tree.
    package let lockReason: String

    /// Takes the facts as they are: ``Worktrees/make(_:resuming:)`` checks them.
    package init(
        name: String, path: AbsolutePath, branch: String?, base: ObjectID, lockReason: String
    ) {
        self.name = name
        self.path = path
        self.branch = branch
        self.base = base
        self.lockReason = lockReason
    }

    /// What a tree's `.git` file and registration must hold, with links resolved.
    func registration(in common: AbsolutePath) -> AbsolutePath {
        common.appending("worktrees").appending(name)
    }

    /// The branch without `refs/heads/`.
    var shortBranch: String? {
        branch.map { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : $0 }
    }
}

/// A step in a worktree's life that can fail.
package enum WorktreeStage: String, Hashable, Sendable {
    case inspect, base, branch, register, files, verify, setup
    case commit, preserve, retire, restore
}

/// A step that failed; what the call had made before is gone again.
package struct WorktreeError: Error, Equatable, Sendable {
    /// Why it failed.
    package enum Cause: Equatable, Sendable {
        /// Something is where nothing may be.
        case exists
        /// Something is not where it must be.
        case missing
        /// A name that git, or a file system, does not take.
        case invalidName
        /// Bytes that the file system does not have free.
        case noSpace(needed: UInt64, available: UInt64)
        /// Files that the file system has no room for.
        case noInodes(needed: UInt64, available: UInt64)
        /// Files that only the `git` program can write, which was not found.
        case needsGit([RepositoryPath])
        /// The result is not what was asked for.
        case mismatch(expected: String, found: String)
        /// The registration is locked by somebody else, with this reason.
        case locked(reason: String)
        case git(GitError)
        case file(FileError)
        /// The `git` program ended with this status (nil: not by itself) and these words.
        case program(status: Int32?, message: String)
    }

    /// Where it failed.
    package let stage: WorktreeStage
    /// What it was done to: a path, a ref, an object.
    package let subject: String
    /// Why it failed.
    package let cause: Cause

    /// For callers with stages of their own, such as set-up.
    package init(_ stage: WorktreeStage, _ subject: String, _ cause: Cause) {
        self.stage = stage
        self.subject = subject
        self.cause = cause
    }

    /// Lock contention: the same call may succeed a moment later.
    package var isTransient: Bool {
        if case .git(let error) = cause { return error.isTransient }
        return false
    }

    /// Runs `body`; whatever it throws becomes the cause of an error of this stage.
    static func during<Result>(
        _ stage: WorktreeStage, _ subject: String, _ body: () throws -> Result
    ) throws(WorktreeError) -> Result {
        do {
            return try body()
        } catch {
            throw WorktreeError(stage, subject, wrapping: error)
        }
    }

    /// The same for a body that waits.
    static func during<Result: Sendable>(
        _ stage: WorktreeStage, _ subject: String, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Result
    ) async throws(WorktreeError) -> Result {
        do {
            return try await body()
        } catch {
            throw WorktreeError(stage, subject, wrapping: error)
        }
    }

    private init(_ stage: WorktreeStage, _ subject: String, wrapping error: any Error) {
        switch error {
        case let error as WorktreeError: self = error
        case let error as GitError: self.init(stage, subject, .git(error))
        case let error as FileError: self.init(stage, subject, .file(error))
        default: self.init(stage, subject, .program(status: nil, message: "\(error)"))
        }
    }
}
