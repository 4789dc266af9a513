package import Base
package import Git
import Processes
package import Store

/// Removes what is left of runs that have ended, saving first; and brings it back.
package struct RunCleaner: Sendable {
    let context: RunContext
    let ledger: Ledger
    let repository: Repository
    let trees: TreeKeeper

    /// Works on one run that has ended; nothing is done before ``clean(as:discarding:)`` or ``undo(_:removedAfter:)``.
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
    ///
    /// - Parameters:
    ///   - removal: names all that one command removes, so that it can be brought back as one.
    ///   - discarded: names of trees of which may be lost what cannot be saved.
    package func clean(
        as removal: String, discarding discarded: Set<String> = []
    ) async throws -> (trees: [TreeFate], branches: [BranchFate]) {
        var fates: [TreeFate] = []
        let left = try await leftTrees()
        let prefix = context.branch(of: "")
        // The many runs of which nothing is left need no event.
        let isEmpty = try await repository.references(under: prefix).isEmpty
        if !left.isEmpty || !isEmpty {
            _ = try await ledger.append(
                run: context.run, actor: "treeguild", kind: Removal.beginning,
                data: ["removal": .string(removal)])
        }
        for tree in left {
            let fate =
                discarded.contains(tree.name)
                ? await trees.removeLosing(tree, reason: "discarded")
                : await trees.remove(tree, deletingBranch: false, reason: "cleaned")
            fates.append(fate)
            try await note(tree, fate)
        }
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

    /// Trees of the run that are there, in whole or in part, by name.
    package func leftTrees() async throws -> [TreeRecord] {
        let registrations = context.layout.commonDirectory.appending("worktrees")
        return try await recordedTrees().filter { tree in
            if Files.kind(of: tree.path) != nil { return true }
            // Its folder was deleted; one that somebody moved is registered elsewhere, and is theirs.
            let place = registrations.appending(tree.registration).appending("gitdir")
            // One that cannot be read is not known to be ours.
            guard let bytes = try? Files.read(place, limit: 1 << 16) else { return false }
            return String(decoding: bytes, as: UTF8.self) == "\(tree.path)/.git\n"
        }
    }

    /// Trees that the run made, by its ledger: of several made at one place the last.
    func recordedTrees() async throws -> [TreeRecord] {
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
}
