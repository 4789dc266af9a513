import Base
import Git
import Merging
import Processes
import Tasks

extension TreeKeeper {
    /// Commits what a worker left and says what its branch holds, or why it cannot be taken.
    func collect(_ tree: TreeRecord, task: PlannedTask, key: String) async -> Collected {
        if let problem = await plantedLinks(in: tree) {
            return Collected(code: "planted_link", message: problem)
        }
        do {
            let trees = try worktrees()
            trees.removeAbandonedLocks(of: worktree(tree))
            let title = task.title ?? "Work of task \(task.id)"
            let committed = try await trees.commitWork(
                in: worktree(tree),
                message: "\(title)\n\nTreeguild-Task: \(context.run)/\(task.id)\n",
                identity: context.identity, rules: rules(for: tree))
            switch committed {
            case .refused(let findings):
                let (code, message) = findings.first?.problem ?? ("refused", "it was not said why")
                return Collected(code: code, message: message)
            case .committed(_, let leftOut), .nothing(let leftOut):
                guard leftOut.isEmpty else {
                    return Self.refused(leftOut, in: tree)
                }
            }
            return try await outcome(of: tree, task, key: key)
        } catch {
            return Collected(code: "unreadable", message: Self.words(for: error))
        }
    }

    /// Why work cannot be taken of which a commit would leave something out.
    private static func refused(_ leftOut: [RepositoryPath], in tree: TreeRecord) -> Collected {
        let special = leftOut.filter {
            Files.kind(of: tree.path.appending($0.description)) == .other
        }
        let shown = special.isEmpty ? leftOut : special
        let names = shown.prefix(5).map { Text.visible($0.description) }.joined(separator: ", ")
        return special.isEmpty
            ? Collected(
                code: "nested_repository",
                message: "no commit can hold \(names): a repository of its own")
            : Collected(
                code: "special", message: "no commit can hold \(names): no file, folder or link")
    }

    private func outcome(
        of tree: TreeRecord, _ task: PlannedTask, key: String
    ) async throws -> Collected {
        let repository = try Repository(at: context.layout.commonDirectory)
        guard let branch = tree.branch, let head = try await repository.target(of: branch) else {
            return Collected(code: "branch_gone", message: "the task's branch is gone")
        }
        guard try await repository.isAncestor(tree.base, of: head) else {
            return Collected(
                code: "base_rewritten", message: "the branch no longer descends from its base")
        }
        let work = try await repository.work(from: tree.base, to: head)
        let setup = work.changes.filter { $0.old == nil }.map(\.path.description)
            .filter { tree.provided[$0] != nil }
        if !setup.isEmpty {
            await warn(
                .commits,
                "the commits of \(task.id) hold files that its set-up had put there: "
                    + Crossing.words(setup), task: task.id)
        }
        let size = try await repository.analyseOverlap(
            base: tree.base, branches: [(tree.name, head)]
        ).branches.first
        return Collected(
            TaskOutcome(
                base: tree.base, head: head, branch: branch, commits: work.commits.count,
                files: work.changes.count, insertions: size?.insertions ?? 0,
                deletions: size?.deletions ?? 0,
                summary: result(of: key)["summary"]?.stringValue ?? ""))
    }

    /// Looks at what a verifier left and judges it; what cannot be looked at is refused.
    func judge(
        _ request: ResolutionRequest, _ merge: TreeMerge, end: WorkerEnd, in tree: TreeRecord,
        key: String
    ) async -> ResolutionJudgement {
        guard end.isSuccess else {
            return ResolutionJudgement(refused: "the verifier did not finish: \(end.message)")
        }
        if let problem = await plantedLinks(in: tree) {
            return ResolutionJudgement(refused: "the verifier's work cannot be taken: \(problem)")
        }
        do {
            return try await judge(request, merge, in: tree, key: key)
        } catch {
            return ResolutionJudgement(
                refused: "the verifier's work cannot be taken: \(Self.words(for: error))")
        }
    }

    private func judge(
        _ request: ResolutionRequest, _ merge: TreeMerge, in tree: TreeRecord, key: String
    ) async throws -> ResolutionJudgement {
        let repository = try Repository(at: context.layout.commonDirectory)
        let committed = try await worktrees().commitWork(
            in: worktree(tree), message: "Resolution of \(request.branch.name)\n",
            identity: context.identity, rules: rules(for: tree))
        if case .refused(let findings) = committed {
            let why = findings.first?.problem.message ?? "its tree cannot be read"
            return ResolutionJudgement(refused: "the verifier's work cannot be taken: \(why)")
        }
        guard let head = try await worktrees().inspect(worktree(tree), rules: rules(for: tree)).head
        else { return ResolutionJudgement(refused: "the verifier's tree cannot be read") }
        let resolved = try await repository.commit(head).tree
        let changed = try await repository.changes(from: merge.tree, to: resolved).map(\.path)
        var files: [ResolutionCheck.File] = []
        for conflict in merge.conflicts {
            files.append(try await file(conflict, resolved: resolved, in: repository))
        }
        let explanations = (result(of: key)["explained"]?.arrayValue ?? []).map { entry in
            ResolutionCheck.Explanation(
                path: entry.text("path"), line: entry.text("line"), reason: entry.text("reason"))
        }
        let (problems, kept) = ResolutionCheck.judge(
            files: files, changed: changed, allowed: Set(request.files), explanations: explanations)
        if let problem = problems.first {
            let more = problems.count > 1 ? ", and \(problems.count - 1) more" : ""
            return ResolutionJudgement(
                refused: "the resolution is refused: \(problem.words)\(more)")
        }
        let protected = changed.filter { path in
            context.plan.verification.protect.contains { $0.matches(path) }
        }
        if let path = protected.first {
            return ResolutionJudgement(refused: "the resolution is refused: \(path) is protected")
        }
        return ResolutionJudgement(tree: resolved, kept: kept)
    }

    private func file(
        _ conflict: ConflictedPath, resolved: ObjectID, in repository: Repository
    ) async throws -> ResolutionCheck.File {
        func bytes(_ item: TreeItem?) async throws -> [UInt8]? {
            guard let item, item.mode != .submodule, item.mode != .folder else { return nil }
            return try await repository.blob(item.id)
        }
        return ResolutionCheck.File(
            path: conflict.path, base: try await bytes(conflict.base),
            ours: try await bytes(conflict.ours), theirs: try await bytes(conflict.theirs),
            resolved: try await bytes(repository.item(at: conflict.path, in: resolved)))
    }
}

extension TreeInspection.Finding {
    /// A stable word and a few words for people.
    var problem: (code: String, message: String) {
        func list(_ paths: PathList) -> String {
            let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
            return paths.paths.prefix(3).map(\.description).joined(separator: ", ") + more
        }
        return switch self {
        case .commits(let count): ("commits", Text.count(count, "commit"))
        case .headElsewhere(let branch):
            ("head_moved", "the worker left HEAD \(branch.map { "on " + $0 } ?? "detached")")
        case .baseLost: ("base_rewritten", "the branch no longer descends from its base")
        case .staged(let paths): ("staged", "staged: \(list(paths))")
        case .unmerged(let paths): ("unmerged", "a merge is half done in \(list(paths))")
        case .hidden(let paths): ("hidden", "git was told not to look at \(list(paths))")
        case .modified(let paths): ("modified", "modified: \(list(paths))")
        case .deleted(let paths): ("deleted", "deleted: \(list(paths))")
        case .untracked(let paths): ("untracked", "untracked: \(list(paths))")
        case .ignored(let paths): ("ignored", "ignored: \(list(paths))")
        case .providedChanged(let paths): ("provided", "set-up files changed: \(list(paths))")
        case .nestedRepositories(let paths):
            ("nested_repository", "repositories inside: \(list(paths))")
        case .submodules(let paths): ("submodule", "work in submodules: \(list(paths))")
        case .special(let paths): ("special", "no plain files: \(list(paths))")
        case .inProgress(let operation):
            ("operation_in_progress", "a \(operation.rawValue) is half done")
        case .worktreeReferences(let names):
            ("refs", "refs of the tree alone: \(names.prefix(3).joined(separator: ", "))")
        case .unreachableCommits(let ids):
            ("unreachable", "\(Text.count(ids.count, "commit")) on no branch")
        case .stashes(let ids): ("stash", Text.count(ids.count, "stash"))
        case .settings(let names):
            (
                "settings",
                "settings of the tree alone were changed, and git would obey them: "
                    + names.prefix(3).map { Text.visible($0) }.joined(separator: ", ")
            )
        case .unknown(let subject, let reason):
            ("unreadable", "cannot look at \(subject): \(reason)")
        }
    }
}
