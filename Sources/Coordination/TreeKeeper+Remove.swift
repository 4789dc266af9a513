import Base
import Git
import Processes
import Store

extension TreeKeeper {
    /// Removes a tree after saving what would be lost; where that cannot be done, or anything is unclear, it stays.
    ///
    /// Calling it again after an interruption goes on where it was.
    func remove(
        _ record: TreeRecord, deletingBranch: Bool, reason: String
    ) async -> TreeFate {
        func fate(_ action: TreeFate.Action, _ reason: String, ref: String? = nil) -> TreeFate {
            TreeFate(name: record.name, action: action, reason: reason, ref: ref)
        }
        let tree = worktree(record, lockedBy: lock(of: record))
        if let problem = await plantedLinks(in: record) {
            return fate(.kept, "\(problem); to remove it all the same, \(discardCommand(record))")
        }
        do {
            // In a sandbox a worker can delete all of its tree but the folder itself.
            let isGutted =
                Files.kind(of: record.path) == nil
                // One that cannot be listed is not known to be empty.
                || (try? Files.list(record.path))?.isEmpty ?? false
            if isGutted, try !relink(tree) {
                await tearDown(record)
                var ref = try await savedRef(record)
                if deletingBranch, ref == nil,
                    let lost = try await commitsLost(with: record, savedAs: nil)
                {
                    ref = try await save(lost, as: record.name)
                }
                try await removeBranch(of: record, deleting: deletingBranch)
                let trash = await TrashFolder(besideTreesIn: context.folders.trees).entries()
                let why = trash.last { $0.tree == tree }?.reason ?? reason
                return fate(ref == nil ? .removed : .preserved, why, ref: ref)
            }
            guard let busy = await ProcessSweep.processes(in: record.path) else {
                return fate(.kept, "nobody can tell whether a process works in it")
            }
            if let process = busy.first(where: { $0 != .current }) {
                return fate(.kept, "process \(process.pid) works in it")
            }
            let trees = try worktrees()
            trees.removeAbandonedLocks(of: tree)
            let found = await trees.inspect(tree, rules: rules(for: record))
            if found.isUnchanged {
                try await trees.checkOwnership(of: tree)
                await tearDown(record)
                _ = try await trees.retire(tree, reason: "unchanged")
                try await removeBranch(of: record, deleting: true)
                return fate(.removed, "unchanged")
            }
            let leftovers = found.findings.filter { finding in
                switch finding {
                case .commits: false
                case .deleted: !isGutted
                default: true
                }
            }
            var ref: String?
            if !leftovers.isEmpty {
                let request = PreservationRequest(
                    ref: context.preservedRef(of: record.name),
                    subject: "\(context.run)/\(record.name)", reason: reason,
                    limit: context.options.preserveLimit, rules: rules(for: record))
                switch try await trees.preserve(tree, request) {
                case .stored(let name, _): ref = name
                case .tooLarge(let bytes, let limit):
                    return fate(
                        .kept,
                        "it holds \(bytes) bytes that nobody committed, more than \(limit): raise the "
                            + "setting preserve_limit to have them saved, or "
                            + discardCommand(record))
                case .impossible(let paths):
                    return fate(.kept, obstacle(paths, found) + advice(on: found, record))
                }
            }
            if deletingBranch, let lost = try await commitsLost(with: record, savedAs: ref) {
                ref = try await save(lost, as: record.name)
            }
            try await trees.checkOwnership(of: tree)
            await tearDown(record)
            let why = leftovers.first.map { "\(reason); \($0.problem.message)" } ?? reason
            _ = try await trees.retire(tree, reason: why)
            try await removeBranch(of: record, deleting: deletingBranch)
            return fate(ref == nil ? .removed : .preserved, why, ref: ref)
        } catch {
            // What somebody took away can be put back by one who is told that it may.
            let isCutOff =
                Files.kind(of: record.path.appending(".git")) == nil
                || Files.kind(of: context.folders.trees) == nil
            return fate(
                .kept,
                Self.words(for: error) + (isCutOff ? "; " + discardCommand(record) : ""))
        }
    }

    /// Gives a registration whose folder is gone an empty one, so that its index and history can be looked at.
    ///
    /// False when the registration is gone as well: an interrupted removal had come that far.
    func relink(_ tree: Worktree) throws -> Bool {
        let registration = context.layout.commonDirectory.appending("worktrees").appending(
            tree.name)
        guard Files.kind(of: registration) != nil else { return false }
        guard Files.kind(of: context.folders.trees) == .folder else {
            throw FileError("open", context.folders.trees.description, code: 20)  // ENOTDIR
        }
        try Files.makeFolder(tree.path, mode: 0o700)
        try Files.replace(
            tree.path.appending(".git"), with: Array("gitdir: \(registration)\n".utf8))
        return true
    }

    /// Text of a tree's lock: the one that is there if it is this run's and its process is gone, else the recorded one.
    ///
    /// A tree that was brought back, or made by an earlier process, has a lock of that process.
    func lock(of record: TreeRecord) -> String {
        let file = context.layout.commonDirectory.appending(
            "worktrees/\(record.registration)/locked")
        let prefix = "treeguild run \(context.run) process "
        // Without a readable lock the recorded one is as good as any.
        guard let bytes = try? Files.read(file, limit: 1 << 16) else { return record.lock }
        let text = String(decoding: bytes, as: UTF8.self)
        let found = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard found.hasPrefix(prefix),
            let owner = ProcessIdentity(String(found.dropFirst(prefix.count))),
            owner == .current || !owner.isAlive
        else { return record.lock }
        return found
    }

    /// Puts commits that a branch is about to lose under a preserved ref; returns its name.
    ///
    /// A name that holds something else gets a number; one that holds these commits already is taken.
    func save(_ head: ObjectID, as name: String) async throws -> String {
        let repository = try Repository(at: context.layout.commonDirectory)
        var ref = context.preservedRef(of: name)
        var number = 2
        while let found = try await repository.target(of: ref) {
            if try await repository.isAncestor(head, of: found) { return ref }
            ref = context.preservedRef(of: "\(name)-\(number)")
            number += 1
        }
        try await repository.createReference(
            ref, at: head, reason: "treeguild: \(context.run)/\(name)")
        return ref
    }

    /// The preserved ref that an interrupted removal made before it was interrupted.
    private func savedRef(_ record: TreeRecord) async throws -> String? {
        let repository = try Repository(at: context.layout.commonDirectory)
        let name = context.preservedRef(of: record.name)
        return try await repository.target(of: name) == nil ? nil : name
    }

    /// The tip of a tree's branch if neither its base nor the preserved ref holds it.
    func commitsLost(with record: TreeRecord, savedAs ref: String?) async throws
        -> ObjectID?
    {
        guard let branch = record.branch else { return nil }
        let repository = try Repository(at: context.layout.commonDirectory)
        guard let head = try await repository.target(of: branch), head != record.base else {
            return nil
        }
        if let ref, let saved = try await repository.target(of: ref),
            try await repository.isAncestor(head, of: saved)
        {
            return nil
        }
        return head
    }

    /// Deletes a tree's branch; one that is not to be deleted goes only while it is at its base, so holds nothing.
    func removeBranch(of record: TreeRecord, deleting: Bool) async throws {
        guard let branch = record.branch else { return }
        let repository = try Repository(at: context.layout.commonDirectory)
        guard let head = try await repository.target(of: branch) else { return }
        if !deleting, head != record.base { return }
        try await repository.deleteReference(branch, at: head)
    }

    /// What lies in the trash of a tree that was removed; nil when its folder is no longer there.
    func retired(_ record: TreeRecord) async -> RetiredTree? {
        let tree = worktree(record)
        let entries = await TrashFolder(besideTreesIn: context.folders.trees).entries()
        return entries.last { $0.tree.name == tree.name && $0.tree.path == tree.path }
            .flatMap { $0.holdsFolder ? RetiredTree(key: record.key, trashed: $0) : nil }
    }

    /// Removes a tree in which nobody but our own checks worked.
    func discard(_ record: TreeRecord) async {
        do {
            await tearDown(record)
            let tree = worktree(record)
            // A check may do as it likes with its tree, and so with the link to the registration.
            try Files.removeTree(record.path.appending(".git"))
            _ = try relink(tree)
            _ = try await worktrees().retire(tree, reason: "checks are done")
        } catch {
            // It stays where it is and `clean` finds it in the ledger.
        }
    }
}

/// A removed tree whose folder can be used again.
struct RetiredTree: Sendable {
    /// Of the effect that made it.
    let key: String
    let trashed: TrashedTree
}
