import Base
import Git
import Processes
import Tasks

extension TreeKeeper {
    /// Makes a tree and sets it up; a failure names its stage and leaves nothing behind.
    ///
    /// - Parameter isRepeated: an earlier process of ours may have made some or all of it: that goes first, since
    ///   nobody has worked in it yet.
    func make(_ spec: Spec, key: String, isRepeated: Bool) async -> TreeMade {
        let tree = worktree(spec)
        do {
            let trees = try worktrees()
            if isRepeated { try await takeBack(tree, trees) }
            _ = try await trees.make(tree)
            var provided: [String: String] = [:]
            if spec.task != nil {
                do {
                    provided = try await setUp(spec, tree, trees, key: key)
                } catch {
                    try await takeBack(tree, trees)
                    throw error
                }
            }
            return .made(
                TreeRecord(
                    name: spec.name, key: key, task: spec.task, path: tree.path,
                    registration: tree.name, branch: spec.branch, base: spec.base,
                    lock: tree.lockReason, provided: provided))
        } catch {
            return .failed(FailureReason(.setup, Self.words(for: error)))
        }
    }

    /// A detached tree for checks, in place of one that was left; what they leave in it is nobody's work.
    func makeCheckTree(at commit: ObjectID, _ tree: ObjectID) async -> TreeMade {
        await make(checkTree(at: commit, tree), key: "check/\(tree.short)", isRepeated: true)
    }

    /// Takes away the tree of checks that were cut off.
    func discardCheckTree(at commit: ObjectID, _ tree: ObjectID) async {
        // What cannot be taken away is told when the next tree is to be made at its place.
        try? await takeBack(worktree(checkTree(at: commit, tree)), worktrees())
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
    private func takeBack(_ tree: Worktree, _ trees: Worktrees) async throws {
        try await trees.discardUnfinished(tree)
        try await trees.deleteBranch(of: tree, at: tree.base)
    }

    /// Operations on trees with a repository handle of their own, so that trees are made beside each other.
    func worktrees() throws -> Worktrees {
        Worktrees(in: try Repository(at: context.layout.commonDirectory), git: git)
    }

    private func setUp(
        _ spec: Spec, _ tree: Worktree, _ trees: Worktrees, key: String
    ) async throws -> [String: String] {
        let path = tree.path
        let setup = TreeSetup(
            setup: context.plan.setup, source: context.layout.mainWorktree, git: git, trees: trees,
            isBuildOutput: isBuildOutput)
        let record = TreeRecord(
            name: spec.name, key: key, task: spec.task, path: path,
            registration: registration(of: spec.name), branch: spec.branch, base: spec.base,
            lock: lockReason, provided: [:])
        return try await setup.perform(in: tree) { command, index in
            let records = "\(key)/setup-\(index)"
            let environment = try self.environment(
                of: record, key: records, assignment: "Set up this tree: \(command)",
                adding: self.context.plan.environment)
            let process = try await SupervisedProcess.start(
                .shell(command, in: path, environment: environment, timeout: .seconds(1800)),
                log: self.context.folders.log(of: records), logLimit: self.context.options.logLimit,
                status: self.context.folders.records(of: records).appending("status"),
                sandbox: self.sandbox(of: record, key: records))
            return WorkerEnd(await process.report(), cause: .run)
        }
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
            isBuildOutput: isBuildOutput)
    }

    /// An error of a stage in a few words.
    static func words(for error: any Error) -> String {
        switch error {
        case let error as WorktreeError: "\(error.stage.rawValue): \(error.words)"
        case let error as TreeSetup.Failure: "set-up: \(error.message)"
        case let error as GitError: "\(error.operation) \(error.subject): \(error.message)"
        case let error as FileError: "\(error.operation) \(error.path): \(error.reason)"
        default: "\(error)"
        }
    }
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
