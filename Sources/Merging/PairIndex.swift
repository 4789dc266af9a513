import Base
import Git

/// Finds the pairs of branches that have to be looked at, without looking at every pair.
enum PairIndex {
    /// Pairs that may be more than clean, ascending.
    ///
    /// A pair that is left out has no path in common but files whose changes merge, and neither of the two puts
    /// a file where the other has a folder or below a folder that the other emptied.
    ///
    /// - Parameter all: take every pair with a path in common, whatever its lines say.
    static func candidates(
        _ branches: [BranchChanges], _ shared: [RepositoryPath: SharedPath], all: Bool
    ) -> [BranchPair] {
        var found: Set<BranchPair> = []
        for path in shared.values {
            if all || path.isOdd {
                found.formUnion(BranchPair.all(of: path.changes.map(\.branch)))
            } else {
                found.formUnion(path.verdicts.keys)
            }
        }
        let adders = addersByFolder(branches)
        for (index, branch) in branches.enumerated() {
            for change in branch.changes {
                for adder in adders[change.path] ?? [] { add(index, adder, to: &found) }
            }
            guard branch.addsFiles else { continue }
            for folder in branch.removedFolders {
                for adder in adders[folder] ?? [] { add(index, adder, to: &found) }
            }
        }
        return found.sorted()
    }

    private static func add(_ one: Int, _ other: Int, to pairs: inout Set<BranchPair>) {
        if one != other { pairs.insert(BranchPair(one, other)) }
    }

    /// For each folder the branches that add a file somewhere below it.
    private static func addersByFolder(_ branches: [BranchChanges]) -> [RepositoryPath: [Int]] {
        var adders: [RepositoryPath: [Int]] = [:]
        for (index, branch) in branches.enumerated() {
            for folder in branch.foldersOfAdded { adders[folder, default: []].append(index) }
        }
        return adders
    }
}
