package import Base
import Git
import Store

extension RunCleaner {
    /// What was brought back, or why it was not.
    package struct Restored: Hashable, Sendable {
        /// The run that it is of.
        package let run: RunID
        /// A task, or the role of a tree.
        package let name: String
        /// Folder of the tree; nil where only a branch came back.
        package let path: AbsolutePath?
        /// Without `refs/heads/`; nil for a detached tree.
        package let branch: String?
        /// What of it was not brought back, and why; empty when all was.
        package let problem: String

        /// A row of `treeguild.undo/1`.
        package var json: JSON {
            [
                "run": .string(run.description), "name": .string(name),
                "worktree": .optional(path?.description), "branch": .optional(branch),
                "problem": .string(problem),
            ]
        }
    }

    /// Brings back branches that were removed, and trees with their uncommitted work; nothing in the way is touched.
    ///
    /// - Parameters:
    ///   - name: a task or role; nil is all of the run.
    ///   - seq: only what was removed after this event; nil is all that ever was.
    package func undo(_ name: String?, removedAfter seq: Int? = nil) async throws -> [Restored] {
        try context.folders.make()
        var restored = try await restoreBranches(name, removedAfter: seq)
        var names: Set<String>?
        if let seq {
            names = Set(
                try await ledger.events(
                    matching: EventFilter(
                        run: context.run, kinds: [Removal.ofTree], since: seq)
                ).map { $0.data.text("name") })
        }
        let rows = try await ledger.trees(run: context.run)
        for tree in try await recordedTrees()
        where tree.task != nil && (name == nil || name == tree.name)
            && names?.contains(tree.name) ?? true
        {
            guard let row = rows.first(where: { $0.name == tree.name }),
                [.removed, .trashed].contains(row.state)
            else { continue }
            restored.append(try await restore(tree, row))
        }
        return restored
    }

    private func restoreBranches(
        _ name: String?, removedAfter seq: Int?
    ) async throws -> [Restored] {
        let removed = try await ledger.events(
            matching: EventFilter(run: context.run, kinds: [Removal.ofBranch], since: seq))
        // Where it was when it was removed last.
        let heads = Dictionary(
            removed.map { ($0.data.text("branch"), $0.data.object("head")) }
        ) { $1 }
        var restored: [Restored] = []
        for (branch, head) in heads.sorted(by: { $0.key < $1.key }) {
            let short = String(branch.dropFirst(context.branch(of: "").count))
            guard name == nil || name == short, let head,
                try await repository.target(of: branch) == nil
            else { continue }
            var problem = ""
            do {
                try await repository.createReference(branch, at: head, reason: "treeguild: undo")
            } catch {
                problem = "\(TreeKeeper.words(for: error)); its commit is \(head)"
            }
            restored.append(
                Restored(
                    run: context.run, name: short, path: nil, branch: Coordinator.short(branch),
                    problem: problem))
        }
        return restored
    }

    private func restore(_ record: TreeRecord, _ row: TreeRow) async throws -> Restored {
        var back = row
        let branch = record.branch.map(Coordinator.short)
        var problem = ""
        do {
            let tree = trees.worktree(record, lockedBy: trees.lockReason)
            let operations = try trees.worktrees()
            if let ref = row.ref {
                let left = try await operations.restore(preserved: ref, as: tree, resuming: true)
                    .left
                problem = RunCleaner.problem(left, in: ref)
            } else {
                try await remake(record, operations)
            }
            (back.state, back.reason, back.ref) = (.kept, "brought back", row.ref)
            _ = try await ledger.setTree(back, task: record.task)
            _ = try await ledger.append(
                run: context.run, task: record.task, actor: "treeguild", kind: "tree.restored",
                data: ["path": .string(record.path.description)])
            return Restored(
                run: context.run, name: record.name, path: record.path, branch: branch,
                problem: problem)
        } catch {
            let kept = row.ref.map { "; its work is under \($0): git log -p -m \($0)" } ?? ""
            return Restored(
                run: context.run, name: record.name, path: nil, branch: branch,
                problem: TreeKeeper.words(for: error) + kept)
        }
    }

    /// What to say of paths that are kept under a ref but can be no files of a worktree.
    static func problem(_ left: [RepositoryPath], in ref: String) -> String {
        guard let first = left.first else { return "" }
        let names = left.prefix(3).map { Text.visible($0.description) }.joined(separator: ", ")
        let more = left.count > 3 ? " and \(left.count - 3) more" : ""
        let place = Text.shellQuote("\(ref):\(first)")
        return "git lets nobody write \(names)\(more) into a worktree; the content is kept, "
            + "get it with: git show \(place) >FILE"
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
