package import Base
import Git
package import Store

/// Submodules that are empty folders in trees, because nothing of ours may fetch them.
extension Coordinator {
    /// Records them in the ledger and tells of each once.
    func noteAbsentSubmodules(in tree: TreeRecord) async throws {
        for submodule in await trees.absentSubmodules(in: tree)
        where absentSubmodules.insert(submodule.path.description).inserted {
            guard let absence = submodule.absence else { continue }
            _ = try await ledger.append(
                run: context.run, task: tree.task, actor: "treeguild",
                kind: RunSummary.absenceEvent,
                data: [
                    "path": .string(submodule.path.description),
                    "reason": .string(absence.rawValue),
                ])
            tell(
                .note(
                    "submodule \(Text.visible(submodule.path.description)) is an empty folder in "
                        + "trees: \(absence.rawValue)"))
        }
    }
}

extension TreeKeeper {
    /// Submodules that a tree was made without.
    func absentSubmodules(in tree: TreeRecord) async -> [SubmodulePresence] {
        do {
            return try await worktrees().submodules(of: worktree(tree)).filter { $0.absence != nil }
        } catch {
            warn("submodules of \(tree.name): \(Self.words(for: error))")
            return []
        }
    }
}

extension RunSummary {
    fileprivate static let absenceEvent = "submodule.absent"

    /// What a run, whether it has ended or not, has recorded of them: `{path, reason}` each, by path.
    package static func absentSubmodules(of run: RunID, in ledger: Ledger) async throws -> [JSON] {
        let events = try await ledger.events(matching: .init(run: run, kinds: [absenceEvent]))
        let found = Dictionary(
            events.map { ($0.data.text("path"), $0.data.text("reason")) },
            uniquingKeysWith: { first, _ in first })
        return found.sorted { $0.key < $1.key }.map {
            ["path": .string($0.key), "reason": .string($0.value)]
        }
    }
}
