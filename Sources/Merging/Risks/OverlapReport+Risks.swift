import Base
package import Git

extension OverlapReport {
    /// The report with what may not fit together although its text merges.
    ///
    /// - Parameters:
    ///   - trees: of the branches, in their order; those that came without one have none.
    ///   - tags: nil where definitions are not to be looked for.
    package func addingRisks(
        from repository: Repository, trees: [ObjectID], tags: TagProgram?
    ) async throws -> OverlapReport {
        let (material, headings) = try await repository.riskTexts(base: base, trees: trees)
        var found = material.files.flatMap { file in
            PlaceRisks(file, headings).risks + LineRisks.find(in: file)
        }
        found += PathRisks.find(in: material)
        let stops = stops
        found = found.filter { risk in
            // Who resolves a file reads all of it: a hint beside a conflict would be noise.
            !BranchPair.all(of: risk.branches).allSatisfy {
                stops.contains(Stop(pair: $0, path: risk.paths[0]))
            }
        }
        if let tags {
            let definitions = DefinitionRisks(material)
            found += definitions.find(try await tags.definitions(in: definitions.texts))
        }
        var report = self
        report.risks = found.sorted {
            ($0.kind, $0.paths[0], $0.base?.lowerBound ?? 0, $0.detail)
                < ($1.kind, $1.paths[0], $1.base?.lowerBound ?? 0, $1.detail)
        }
        return report
    }

    /// Where merges of two branches stop.
    private var stops: Set<Stop> {
        var found: Set<Stop> = []
        for pair in pairs where pair.verdict == .conflict {
            for index in pair.regions where regions[index].isConflict {
                found.insert(Stop(pair: BranchPair(pair.a, pair.b), path: regions[index].path))
            }
        }
        return found
    }
}

private struct Stop: Hashable {
    let pair: BranchPair
    let path: RepositoryPath
}

extension Repository {
    /// Everything that signals are looked for in, read in one go.
    fileprivate func riskTexts(
        base: ObjectID, trees: [ObjectID]
    ) throws(GitError) -> (RiskMaterial, ChangedHeadings) {
        let material = try riskMaterial(base: base, trees: trees)
        return (material, try changedHeadings(of: material.files, at: base))
    }
}
