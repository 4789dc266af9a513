import Base
import Processes

extension Worktrees {
    /// Makes the tree, stage by stage (inspect, base, branch, register, files, verify): registered, locked,
    /// with every file of its base, on its new branch or detached.
    ///
    /// A stage that fails takes back, in reverse, exactly what the call made. Lock contention is waited for.
    /// - Parameter resuming: the tree was begun before, by a call with the same facts that was killed:
    ///   a whole tree is taken as it is, a part of one goes to the trash first.
    package func make(
        _ tree: Worktree, resuming: Bool = false
    ) async throws(WorktreeError) -> Worktree {
        if resuming {
            // A tree that is not whole is made anew, whatever it lacks.
            if await inspect(tree).isUnchanged,
                (try? await repository.verify(tree, counting: true)) != nil
            {
                try await initialiseSubmodules(of: tree)
                return tree
            }
            try await discardUnfinished(tree)
        }
        return try await make(tree, adoptingBranch: resuming)
    }

    /// - Parameter adoptingBranch: a branch that is there and names the base is taken, and never taken back.
    func make(
        _ tree: Worktree, adoptingBranch: Bool, reusing retired: TrashedTree? = nil
    ) async throws(WorktreeError) -> Worktree {
        var made: [MadePart] = []
        do throws(WorktreeError) {
            try await fetchPromised(for: tree)
            let branchExists = try await repository.inspectPlace(
                of: tree, adoptingBranch: adoptingBranch)
            made.append(.folders(try await repository.makeParents(of: tree)))
            if tree.branch != nil, !branchExists {
                try await repository.createBranch(of: tree)
                made.append(.branch)
            }
            try await repository.register(tree)
            made.append(.registration)
            await repository.share(tree)
            var isAllOurs = true
            if let retired {
                try await takeOver(retired, as: tree)
            } else {
                isAllOurs = try await writeFiles(of: tree)
            }
            await repository.share(tree)
            try await repository.verify(tree, counting: !isAllOurs)
            try await initialiseSubmodules(of: tree)
            await repository.share(tree)
            return tree
        } catch {
            // What lay in a tree before is deleted by nobody but the trash.
            if retired != nil { try? await repository.discardUnfinished(tree) }
            for part in made.reversed() { await repository.takeBack(part, of: tree) }
            throw error
        }
    }

    /// False when git made some of the files.
    private func writeFiles(of tree: Worktree) async throws(WorktreeError) -> Bool {
        switch try await writeOwnFiles(of: tree) {
        case .complete: return true
        case .paths(let paths):
            try await completeFiles(
                Worktrees.plainly + ["checkout-index", "-f", "-u", "-z", "--stdin"], paths: paths,
                of: tree)
        case .all:
            // What `git worktree add` does, without a second entry in the reflog.
            try await completeFiles(["read-tree", "--reset", "-u", "HEAD"], paths: [], of: tree)
        }
        return false
    }

    private func writeOwnFiles(
        of tree: Worktree
    ) async throws(WorktreeError) -> RemainingFiles {
        await WriterThreads.shared.enter()
        defer { WriterThreads.shared.leave() }
        return try await repository.writeFiles(of: tree)
    }

    private func completeFiles(
        _ arguments: [String], paths: [RepositoryPath], of tree: Worktree
    ) async throws(WorktreeError) {
        guard let git else {
            throw WorktreeError(.files, tree.path.description, .needsGit(paths))
        }
        try await git.runToSuccess(
            arguments, in: tree.path, input: paths.flatMap { $0.bytes + [0] }, stage: .files)
    }
}

/// Something that a making call made, for taking it back.
enum MadePart: Sendable {
    /// Folders above the tree, outermost first.
    case folders([AbsolutePath])
    case branch
    /// The registration, the tree's folder and all in it.
    case registration
}

extension GitProgram {
    /// Runs git in a folder; anything but success is an error of the stage.
    @discardableResult
    func runToSuccess(
        _ arguments: [String], in folder: AbsolutePath, input: [UInt8] = [], stage: WorktreeStage,
        environment: [String: String] = [:]
    ) async throws(WorktreeError) -> [UInt8] {
        let output = try await WorktreeError.during(stage, folder.description) {
            try await run(arguments, in: folder, input: input, environment: environment)
        }
        guard output.ending.isSuccess else {
            var status: Int32?
            if case .exited(let code) = output.ending { status = code }
            throw WorktreeError(
                stage, folder.description, .program(status: status, message: output.errorText))
        }
        return output.output
    }
}
