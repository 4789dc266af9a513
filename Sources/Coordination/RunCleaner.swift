package import Base
package import Git
import Processes
package import Store

/// Removes what is left of runs that have ended, saving first; and brings it back.
package struct RunCleaner: Sendable {
    private let context: RunContext
    private let ledger: Ledger
    private let repository: Repository
    private let trees: TreeKeeper

    /// Works on one run that has ended; nothing is done before ``clean()`` or ``undo(_:)``.
    ///
    /// - Parameter warn: takes a sentence about something that went wrong and held nothing up.
    package init(
        context: RunContext, ledger: Ledger, repository: Repository, git: GitProgram?,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.context = context
        self.ledger = ledger
        self.repository = repository
        trees = TreeKeeper(context: context, git: git, ledger: ledger, warn: warn)
    }

    /// What became of one branch.
    package struct BranchFate: Hashable, Sendable {
        /// Without `refs/heads/`.
        package let name: String
        /// False for a branch that some worktree is on.
        package let isRemoved: Bool
        /// For people.
        package let reason: String
        /// Where its commits are kept; nil when the base holds them all.
        package let ref: String?

        /// A row of `treeguild.clean/1`.
        package var json: JSON {
            [
                "name": .string(name), "action": .string(isRemoved ? "removed" : "kept"),
                "reason": .string(reason), "ref": .optional(ref),
            ]
        }
    }

    /// Removes trees, branches and the folder of the run; what is unclear stays with its reason.
    package func clean() async throws -> (trees: [TreeFate], branches: [BranchFate]) {
        var fates: [TreeFate] = []
        for tree in try await recordedTrees() where Files.kind(of: tree.path) != nil {
            let fate = await trees.remove(tree, deletingBranch: false, reason: "cleaned")
            fates.append(fate)
            try await note(tree, fate)
        }
        let prefix = context.branch(of: "")
        var branches = try await repository.removePlantedLinks(under: prefix).map {
            BranchFate(
                name: Coordinator.short($0), isRemoved: true,
                reason: "a worker had put a link to elsewhere in its place", ref: nil)
        }
        for reference in try await repository.references(under: prefix) {
            branches.append(try await remove(reference))
        }
        await context.folders.empty()
        return (fates, branches)
    }

    /// Trees that the run made, by its ledger: of several made at one place the last.
    private func recordedTrees() async throws -> [TreeRecord] {
        let made = try await ledger.effects(run: context.run)
            .filter { ["tree.create", "verify.tree"].contains($0.effect.kind) }
            .compactMap { $0.result?["tree"].flatMap { TreeRecord(json: $0) } }
        return Dictionary(made.map { ($0.name, $0) }) { _, last in last }.values
            .sorted { $0.name < $1.name }
    }

    private func note(_ tree: TreeRecord, _ fate: TreeFate) async throws {
        _ = try await ledger.setTree(
            TreeRow(
                run: context.run, name: tree.name, path: tree.path, branch: tree.branch,
                base: tree.base.description, state: fate.action == .kept ? .kept : .removed,
                reason: fate.reason, ref: fate.ref),
            task: tree.task)
    }

    /// Deletes a branch of the run once its commits are safe elsewhere.
    private func remove(_ branch: Reference) async throws -> BranchFate {
        let short = Coordinator.short(branch.name)
        if try await repository.isCheckedOut(branch.name) {
            return BranchFate(
                name: short, isRemoved: false, reason: "a worktree is on it", ref: nil)
        }
        var ref: String?
        if try await !repository.isAncestor(branch.id, of: context.base) {
            ref = try await trees.save(
                branch.id, as: String(branch.name.dropFirst(context.branch(of: "").count)))
        }
        try await repository.deleteReference(branch.name, at: branch.id)
        _ = try await ledger.append(
            run: context.run, actor: "treeguild", kind: "branch.removed",
            data: [
                "branch": .string(branch.name), "head": .string(branch.id.description),
                "ref": .optional(ref),
            ])
        return BranchFate(name: short, isRemoved: true, reason: "cleaned", ref: ref)
    }

    /// What was brought back, or why it was not.
    package struct Restored: Hashable, Sendable {
        /// A task, or the role of a tree.
        package let name: String
        /// Folder of the tree; nil where only a branch came back.
        package let path: AbsolutePath?
        /// Without `refs/heads/`; nil for a detached tree.
        package let branch: String?
        /// Empty when it was brought back.
        package let problem: String

        /// A row of `treeguild.undo/1`.
        package var json: JSON {
            [
                "name": .string(name), "worktree": .optional(path?.description),
                "branch": .optional(branch), "problem": .string(problem),
            ]
        }
    }

    /// Brings back branches that were removed, and trees with their uncommitted work; nothing in the way is touched.
    ///
    /// - Parameter name: a task or role; nil is all of the run.
    package func undo(_ name: String?) async throws -> [Restored] {
        try context.folders.make()
        var restored: [Restored] = []
        for event in try await ledger.events(
            matching: EventFilter(run: context.run, kinds: ["branch.removed"]))
        {
            let branch = event.data.text("branch")
            let short = String(branch.dropFirst(context.branch(of: "").count))
            guard name == nil || name == short, let head = event.data.object("head"),
                try await repository.target(of: branch) == nil
            else { continue }
            try await repository.createReference(branch, at: head, reason: "treeguild: undo")
            restored.append(
                Restored(name: short, path: nil, branch: Coordinator.short(branch), problem: ""))
        }
        let rows = try await ledger.trees(run: context.run)
        for tree in try await recordedTrees()
        where tree.task != nil && (name == nil || name == tree.name) {
            guard let row = rows.first(where: { $0.name == tree.name }),
                [.removed, .trashed].contains(row.state)
            else { continue }
            restored.append(try await restore(tree, row))
        }
        return restored
    }

    private func restore(_ record: TreeRecord, _ row: TreeRow) async throws -> Restored {
        var back = row
        let branch = record.branch.map(Coordinator.short)
        do {
            let tree = trees.worktree(record, lockedBy: trees.lockReason)
            let operations = try trees.worktrees()
            if let ref = row.ref {
                _ = try await operations.restore(preserved: ref, as: tree, resuming: true)
            } else {
                try await remake(record, operations)
            }
            (back.state, back.reason, back.ref) = (.kept, "brought back", row.ref)
            _ = try await ledger.setTree(back, task: record.task)
            _ = try await ledger.append(
                run: context.run, task: record.task, actor: "treeguild", kind: "tree.restored",
                data: ["path": .string(record.path.description)])
            return Restored(name: record.name, path: record.path, branch: branch, problem: "")
        } catch {
            return Restored(
                name: record.name, path: nil, branch: branch, problem: TreeKeeper.words(for: error))
        }
    }

    /// A tree without uncommitted work: its branch where that is, or at its base again.
    private func remake(_ record: TreeRecord, _ operations: Worktrees) async throws {
        var base = record.base
        if let branch = record.branch, let head = try await repository.target(of: branch) {
            base = head
        }
        let tree = Worktree(
            name: record.registration, path: record.path, branch: record.branch, base: base,
            lockReason: trees.lockReason)
        _ = try await operations.make(tree, resuming: true)
    }
}
