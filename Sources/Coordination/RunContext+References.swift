import Base
package import Git
import Tasks

extension RunContext {
    /// A ref that is there already and takes the name of one that this run would make; nil when there is none.
    ///
    /// To be asked before a run begins: a new one finds none of its own.
    package func occupiedReference(in repository: Repository) async throws -> String? {
        let own = branch(of: "")
        // No branch can be below one of these, as no file can be below a file.
        for above in ["refs/heads/treeguild", String(own.dropLast())]
        where try await repository.target(of: above) != nil {
            return above
        }
        let names = Set(plan.tasks.map { branch(of: $0.id.description) } + [resultBranch])
        return try await repository.references(under: own).first { found in
            names.contains { $0 == found.name || found.name.hasPrefix($0 + "/") }
        }?.name
    }
}
