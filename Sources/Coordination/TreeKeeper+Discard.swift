import Base
import Git
import Processes

/// Trees that hold what cannot be saved: they stay until somebody says that it may be lost.
extension TreeKeeper {
    /// What somebody has to say for that.
    func discardCommand(_ record: TreeRecord) -> String {
        "save what you need of it, then: treeguild clean \(context.run) --discard \(record.name)"
    }

    /// Why a tree cannot be saved whole.
    func obstacle(_ paths: [RepositoryPath], _ found: TreeInspection) -> String {
        for case .settings(let names) in found.findings {
            return TreeInspection.Finding.settings(names).problem.message
        }
        let names = paths.prefix(3).map { Text.visible($0.description) }.joined(separator: ", ")
        return paths.isEmpty ? "it is on no commit" : "\(names) cannot be saved"
    }

    /// What to do about a tree that cannot be saved whole.
    func advice(on found: TreeInspection, _ record: TreeRecord) -> String {
        let hasRepositories = found.findings.contains {
            if case .nestedRepositories = $0 { true } else { false }
        }
        return hasRepositories
            ? ": a repository that only this tree has; push or fetch its commits to where they are "
                + "to stay, remove it here, then: treeguild clean \(context.run); or lose it: "
                + "treeguild clean \(context.run) --discard \(record.name)"
            : "; \(discardCommand(record))"
    }

    /// Removes a tree as ``remove(_:deletingBranch:reason:)`` does, and where that cannot save all of it, saves what
    /// it can and names what is lost.
    ///
    /// A tree in which a process works, or that somebody else locked or put there, stays.
    func removeLosing(_ record: TreeRecord, reason: String) async -> TreeFate {
        func fate(_ action: TreeFate.Action, _ reason: String, ref: String? = nil) -> TreeFate {
            TreeFate(name: record.name, action: action, reason: reason, ref: ref)
        }
        let first = await remove(record, deletingBranch: false, reason: reason)
        guard first.action == .kept else { return first }
        do {
            let tree = worktree(record, lockedBy: lock(of: record))
            let trees = try worktrees()
            if Files.kind(of: record.path.appending(".git")) != nil {
                try await trees.checkOwnership(of: tree)
            }
            // Nobody can tell what a process that is still at work would lose.
            guard let busy = await ProcessSweep.processes(in: record.path),
                !busy.contains(where: { $0 != .current })
            else { return first }
            var lost = try await clearObstacles(record)
            try await trees.checkOwnership(of: tree)
            if !lost.isEmpty {
                let second = await remove(record, deletingBranch: false, reason: reason)
                if second.action != .kept {
                    return fate(
                        second.action, "\(second.reason); \(Self.loss(lost))", ref: second.ref)
                }
            }
            let found = await trees.inspect(tree, rules: rules(for: record))
            let request = PreservationRequest(
                ref: context.preservedRef(of: record.name),
                subject: "\(context.run)/\(record.name)", reason: reason,
                limit: context.options.preserveLimit, rules: rules(for: record), leavesOut: true)
            var ref: String?
            switch try await trees.preserve(tree, request) {
            case .stored(let name, _): ref = name
            case .tooLarge(let bytes, _): lost.append("\(bytes) bytes that nobody committed")
            case .impossible: lost.append("all that was not committed")
            }
            lost += found.findings.flatMap(\.unsaved)
            if let commits = try await commitsLost(with: record, savedAs: ref) {
                ref = try await save(commits, as: record.name)
            }
            await tearDown(record)
            let why = "\(reason); \(Self.loss(lost))"
            _ = try await trees.retire(tree, reason: why)
            try await removeBranch(of: record, deleting: false)
            return fate(ref == nil ? .removed : .preserved, why, ref: ref)
        } catch {
            return fate(.kept, Self.words(for: error))
        }
    }

    private static func loss(_ lost: [String]) -> String {
        lost.isEmpty
            ? "nothing is lost" : "lost: \(lost.map { Text.visible($0) }.joined(separator: ", "))"
    }

    /// Takes away what kept us from looking into a tree; returns what it was, by name.
    ///
    /// Links are taken away, never what they lead to.
    private func clearObstacles(_ record: TreeRecord) async throws -> [String] {
        var lost: [String] = []
        let repository = try Repository(at: context.layout.commonDirectory)
        for link in await repository.plantedLinks(of: worktree(record)) {
            try Files.removeFile(link)
            lost.append("the link \(link)")
        }
        let settings = context.layout.commonDirectory.appending(
            "worktrees/\(record.registration)/config.worktree")
        let found = try await worktrees().inspect(worktree(record), rules: rules(for: record))
        for case .settings(let names) in found.findings where Files.kind(of: settings) == .file {
            try Files.removeFile(settings)
            lost += names.map { "the setting \($0)" }
        }
        if Files.kind(of: record.path) == nil {
            try context.folders.make()
            lost.append("its folder, which was gone already")
        } else if Files.kind(of: record.path.appending(".git")) == nil {
            _ = try relink(worktree(record))
            lost.append("its link to the repository")
        }
        return lost
    }
}

extension TreeInspection.Finding {
    /// What no commit can hold, by name.
    fileprivate var unsaved: [String] {
        func list(_ paths: PathList, _ what: String) -> [String] {
            let more = paths.count - paths.paths.count
            return paths.paths.map { "\($0) (\(what))" }
                + (more > 0 ? ["\(more) more (\(what))"] : [])
        }
        return switch self {
        case .nestedRepositories(let paths): list(paths, "a repository")
        case .special(let paths): list(paths, "no file, folder or link")
        case .settings(let names): names.map { "\($0) (and what it governs was not looked at)" }
        case .unknown(let subject, let reason): ["\(subject) (\(reason))"]
        default: []
        }
    }
}
