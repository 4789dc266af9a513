import Base
import Git
import Merging
import Store
import Tasks

extension Coordinator {
    /// Decides every tree's fate and carries it out; each fate has a reason.
    func cleanUp(_ integration: Integration) async throws -> [TreeFate] {
        var fates: [TreeFate] = []
        for tree in kept.sorted(by: { $0.name < $1.name }) {
            let fate = try await once(
                "tree.retire", tree.key, task: tree.task, intent: tree.json
            ) { _ in
                if self.context.options.keepTrees {
                    return TreeFate(
                        name: tree.name, action: .kept, reason: "trees were to be kept", ref: nil)
                }
                return await self.trees.remove(
                    tree, deletingBranch: self.mayDeleteBranch(of: tree),
                    reason: "the run has ended")
            }
            fates.append(fate)
            try await noteTree(
                tree, fate.action == .kept ? .kept : .removed, reason: fate.reason, ref: fate.ref)
            tell(.cleanup(fate))
        }
        kept = []
        return fates
    }

    /// A completed task's branch stays while it differs from the base; so does any that has commits.
    private func mayDeleteBranch(of tree: TreeRecord) -> Bool {
        guard let task = tree.task, let outcome = outcomes[task] else { return false }
        return !outcome.isChanged
    }

    /// Ends processes that an earlier process of ours left, so that no tree is touched under them.
    func endLeftoverProcesses() async throws {
        // A process that is just becoming another program shows no environment for a moment: look again.
        for _ in 0..<20 {
            let leftovers = await ProcessSweep.processes(of: context.run)
            guard !leftovers.isEmpty else { return }
            tell(.note("ending \(Text.count(leftovers.count, "process")) left by an earlier start"))
            await ProcessSweep.end(leftovers)
        }
    }
}
