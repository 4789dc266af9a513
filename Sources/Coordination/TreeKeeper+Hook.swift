import Base
import Git
import Processes
import Tasks

extension TreeKeeper {
    /// Runs the user's `post-checkout` hook in a tree that was made, as `git worktree add` does, if its content is
    /// the approved one; tells whether it ran.
    ///
    /// - Throws: ``TreeSetup/Failure`` when it fails, ``Interrupted`` when it was stopped with the run.
    func runHook(in tree: TreeRecord, watch: Watch) async throws -> Bool {
        guard let approved = context.options.hook, let hook = try Hook(at: approved.path) else {
            return false
        }
        guard hook.hash == approved.hash else {
            warn(
                "\(hook.path) has changed since the run began, so it does not run in \(tree.name); "
                    + "approve it for the next run with: treeguild trust")
            return false
        }
        let (end, log) = try await runSetup(
            // A hook without an interpreter line is for the shell, which sees to that itself.
            ["/bin/sh", "-c", "exec \"$0\" \"$@\"", hook.path.description]
                + [ObjectID.zero.description, tree.base.description, "1"],
            as: "hook", assignment: "Set up this tree: \(hook.path)", in: tree,
            adding: try await hookEnvironment(in: tree.path), watch: watch)
        if end.isInterrupted || end.wasStopped { throw Interrupted() }
        guard end.isSuccess else {
            throw TreeSetup.Failure(
                message: "the hook \(hook.path) failed: \(end.message), log \(log)")
        }
        return true
    }

    /// What git sets for the hooks of a new tree: no repository is named, so that the hook's git finds the tree's own.
    private func hookEnvironment(in folder: AbsolutePath) async throws -> [String: String] {
        var variables = ["GIT_PREFIX": ""]
        guard let git else { return variables }
        let output = try await git.run(["--exec-path"], in: folder)
        guard output.ending.isSuccess,
            let place = output.text.split(separator: "\n").first.map(String.init)
        else { return variables }
        variables["GIT_EXEC_PATH"] = place
        variables["PATH"] =
            place + ":" + (Environment.own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
        return variables
    }

    /// Runs a program of a tree's set-up to its end, in the sandbox that the tree's worker gets.
    ///
    /// - Parameters:
    ///   - name: Unique in the set-up of one tree; names its records.
    ///   - variables: Win over all others.
    func runSetup(
        _ arguments: [String], as name: String, assignment: String, in tree: TreeRecord,
        adding variables: [String: String] = [:], watch: Watch
    ) async throws -> (WorkerEnd, log: AbsolutePath) {
        let records = "\(tree.key)/\(name)"
        let environment = try environment(
            of: tree, key: records, assignment: assignment, adding: context.plan.environment)
        let log = context.folders.log(of: records)
        let end = try await watched(records) {
            let process = try await SupervisedProcess.start(
                Command(
                    arguments, in: tree.path, environment: environment.merging(variables) { $1 },
                    timeout: self.context.plan.setup.timeout ?? .seconds(1800)),
                log: log, logLimit: self.context.options.logLimit,
                status: self.context.folders.records(of: records).appending("status"),
                sandbox: self.sandbox(of: tree, key: records))
            return await watch(process, records, tree.task)
        }
        if !end.escaped.isEmpty { throw SetupEscaped(paths: end.escaped) }
        return (end, log)
    }
}
