import Agents
import Base
import Git
import Processes
import Tasks

extension TreeKeeper {
    /// Makes a tree and sets it up; a failure names its stage and leaves nothing behind.
    ///
    /// - Parameters:
    ///   - isRepeated: an earlier process of ours may have made some or all of it: that goes first, since
    ///     nobody has worked in it yet.
    ///   - retired: a tree whose folder is used, if a reset brings it to the base; else all is made anew.
    ///   - watch: waits for the end of a set-up command, and may stop it.
    /// - Throws: ``Interrupted`` when a set-up command was stopped with the run.
    func make(
        _ spec: Spec, key: String, isRepeated: Bool, reusing retired: RetiredTree? = nil,
        watch: Watch
    ) async throws(Interrupted) -> TreeMade {
        let tree = worktree(spec)
        do {
            let trees = try worktrees()
            if isRepeated {
                try await tearDownLeftovers(of: tree, key: key, name: spec.name)
                try await takeBack(tree, trees, spec.origin)
            }
            var reused: String?
            if let retired, await trees.make(tree, reusing: retired.trashed) {
                reused = retired.key
            } else {
                try await make(tree, spec.origin, trees)
            }
            var record = TreeRecord(
                name: spec.name, key: key, task: spec.task, path: tree.path,
                registration: tree.name, branch: spec.branch, base: spec.base,
                lock: tree.lockReason, provided: [:], shared: [], lease: nil,
                reused: reused)
            do {
                record.lease = try await lease(for: key)
                try await setUp(&record, tree, watch: watch)
            } catch {
                await tearDown(record)
                try await takeBack(tree, trees, spec.origin)
                throw error
            }
            return .made(record)
        } catch let error as Interrupted {
            throw error
        } catch let error as SetupEscaped {
            return .failed(
                FailureReason(
                    .escaped,
                    "its set-up changed the repository outside its tree: \(Crossing.words(error.paths))"
                ))
        } catch {
            return .failed(FailureReason(.setup, Self.words(for: error)))
        }
    }

    /// Waits for the end of a process that works under an effect's key.
    typealias Watch = @Sendable (SupervisedProcess, _ key: String, TaskID?) async -> WorkerEnd

    /// A detached tree for checks, in place of one that was left; what they leave in it is nobody's work.
    func makeCheckTree(
        at commit: ObjectID, _ tree: ObjectID, watch: Watch
    ) async throws(Interrupted) -> TreeMade {
        try await make(
            checkTree(at: commit, tree), key: "check/\(tree.short)", isRepeated: true, watch: watch)
    }

    /// Takes away the tree of checks that were cut off.
    func discardCheckTree(at commit: ObjectID, _ tree: ObjectID) async {
        let place = worktree(checkTree(at: commit, tree))
        do {
            try await tearDownLeftovers(
                of: place, key: "check/\(tree.short)", name: "check-\(tree.short)")
            try await takeBack(place, worktrees())
        } catch {
            // What cannot be taken away is told when the next tree is to be made at its place.
        }
    }

    private func checkTree(at commit: ObjectID, _ tree: ObjectID) -> Spec {
        Spec(name: "check-\(tree.short)", task: nil, branch: nil, base: commit)
    }

    /// The facts of a tree that is to be made.
    func worktree(_ spec: Spec) -> Worktree {
        Worktree(
            name: registration(of: spec.name), path: path(of: spec.name), branch: spec.branch,
            base: spec.base, lockReason: lockReason)
    }

    /// The facts of a tree that was made, perhaps by an earlier process of ours.
    func worktree(_ tree: TreeRecord, lockedBy lock: String? = nil) -> Worktree {
        Worktree(
            name: tree.registration, path: tree.path, branch: tree.branch, base: tree.base,
            lockReason: lock ?? tree.lock)
    }

    /// Takes a tree away in which nobody has worked yet, with its branch.
    private func takeBack(
        _ tree: Worktree, _ trees: Worktrees, _ origin: Origin = .base
    ) async throws {
        try await trees.discardUnfinished(tree)
        // Any other origin had its branch before.
        guard case .base = origin else { return }
        try await trees.deleteBranch(of: tree, at: tree.base)
    }

    private func make(_ tree: Worktree, _ origin: Origin, _ trees: Worktrees) async throws {
        switch origin {
        case .base: _ = try await trees.make(tree)
        case .branch(let head):
            let atHead = Worktree(
                name: tree.name, path: tree.path, branch: tree.branch, base: head,
                lockReason: tree.lockReason)
            _ = try await trees.make(atHead, resuming: true)
        case .preserved(let ref):
            _ = try await trees.restore(preserved: ref, as: tree, resuming: true)
        }
    }

    /// Operations on trees with a repository handle of their own, so that trees are made beside each other.
    func worktrees() throws -> Worktrees {
        let common = context.layout.commonDirectory
        if let start = context.options.start,
            Files.kind(of: start.appending(".git"), followingLinks: true) != nil
        {
            let opened = try Repository(at: start)
            if opened.layout.commonDirectory == common { return Worktrees(in: opened, git: git) }
        }
        // Where the run was started may be gone by now; what trees look like without it is git's usual.
        return Worktrees(in: try Repository(at: common), git: git)
    }

    private func setUp(
        _ record: inout TreeRecord, _ tree: Worktree, watch: Watch
    ) async throws {
        // Files come from the main worktree, wherever the run was started.
        let main = Worktrees(in: try Repository(at: context.layout.commonDirectory), git: git)
        let setup = TreeSetup(
            setup: context.plan.setup, source: context.layout.mainWorktree, git: git, trees: main,
            isBuildOutput: isBuildOutput)
        let made = record
        let hasRun = try await runHook(in: made, watch: watch)
        let provision = try await setup.perform(in: tree, after: hasRun) { command, index in
            try await self.runSetup(
                ["/bin/sh", "-c", command], as: "setup-\(index)",
                assignment: "Set up this tree: \(command)", in: made, watch: watch)
        }
        record.provided = provision.provided
        record.shared = provision.shared
        for missing in provision.missing { await warn(.setup, missing, task: nil) }
    }

    /// Runs a command of ours beside the workers' and says what it changed of the user's repository.
    func watched(
        _ key: String, _ command: () async throws -> WorkerEnd
    ) async throws -> WorkerEnd {
        await tripwire?.begin(key)
        let end = await Result { try await command() }
        let paths = await tripwire?.blame(key) ?? []
        return try end.get().blamed(for: paths, deniedBySandbox: false)
    }

    /// Ignored paths that need not be preserved.
    var isBuildOutput: @Sendable (RepositoryPath) -> Bool {
        // Patterns of the options were checked when they were read.
        BuildOutputs.test(
            adding: context.plan.outputs + context.options.outputs.compactMap { try? Glob($0) })
    }

    /// What in a tree is nobody's work.
    func rules(for tree: TreeRecord) -> TreeRules {
        TreeRules(
            provided: Dictionary(
                tree.provided.compactMap { path, digest in
                    [UInt8](hexadecimal: digest).map { (RepositoryPath(path), $0) }
                }, uniquingKeysWith: { first, _ in first }),
            shared: tree.shared.map { RepositoryPath($0) }, isBuildOutput: isBuildOutput)
    }

    /// An error of a stage in a few words.
    static func words(for error: any Error) -> String {
        switch error {
        case let error as WorktreeError: "\(error.stage.rawValue): \(error.words)"
        case let error as TreeSetup.Failure: "set-up: \(error.message)"
        case let error as GitError: "\(error.operation) \(error.subject): \(error.message)"
        case let error as FileError: "\(error.operation) \(error.path): \(error.reason)"
        case let error as AgentCrew.Problem: error.message
        case Transcript.Problem.damaged(let line): "its transcript is damaged in line \(line)"
        case Transcript.Problem.inUse: "another process works on its transcript"
        case Transcript.Problem.file(let error): "its transcript: \(error.reason)"
        default: "\(error)"
        }
    }
}

/// A set-up command changed the user's repository.
struct SetupEscaped: Error {
    let paths: [String]
}

extension WorktreeError {
    /// What failed, on what, and why.
    var words: String {
        func list(_ paths: [RepositoryPath]) -> String {
            paths.prefix(5).map(\.description).joined(separator: ", ")
        }
        let why: String =
            switch cause {
            case .exists: "is there already"
            case .missing: "is not there"
            case .invalidName: "is not a name that git takes"
            case .noSpace(let needed, let available):
                "needs \(needed >> 20) MiB, and \(available >> 20) MiB are free"
            case .noInodes(let needed, let available):
                "needs room for \(needed) files, and there is room for \(available)"
            case .needsGit(let paths): "the git program is needed to write \(list(paths))"
            case .mismatch(let expected, let found): "expected \(expected), found \(found)"
            case .locked(let reason): "is locked: \(reason)"
            case .git(let error): "\(error.operation) \(error.subject): \(error.message)"
            case .file(let error): "\(error.operation) \(error.path): \(error.reason)"
            case .program(let status, let message):
                "git ended with \(status.map(String.init) ?? "a signal"): \(message)"
            }
        return "\(subject): \(why)"
    }
}
