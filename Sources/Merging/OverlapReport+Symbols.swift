import Base
package import Git

extension OverlapReport {
    /// The report with the function or section of each region that has lines of the base.
    package func addingSymbols(from repository: Repository) async throws -> OverlapReport {
        var places: [RepositoryPath: [Int]] = [:]
        for (index, region) in regions.enumerated() where !region.isWhole {
            places[region.path, default: []].append(index)
        }
        guard !places.isEmpty else { return self }
        let symbols = try await repository.symbols(
            of: places.map { path, indices in
                (path, indices.map { regions[$0].base.lowerBound - 1 })
            }, in: base)
        var report = self
        for (path, indices) in places {
            for index in indices {
                report.regions[index].symbol = symbols[path]?[regions[index].base.lowerBound - 1]
            }
        }
        return report
    }
}

extension Repository {
    /// Headings by path and line (0-based); a path that the commit lacks has none.
    func symbols(
        of places: [(path: RepositoryPath, lines: [Int])], in commit: ObjectID
    ) throws(GitError) -> [RepositoryPath: [Int: String]] {
        let tree = try self.commit(commit).tree
        var questions: [HeadingQuestion] = []
        for (path, lines) in places {
            guard let item = try item(at: path, in: tree), item.mode.isRegular else { continue }
            questions.append(
                HeadingQuestion(path: path, blob: item.id, lines: Set(lines).sorted()))
        }
        var found: [RepositoryPath: [Int: String]] = [:]
        for (question, answers) in zip(questions, try headings(questions, at: commit)) {
            for case (let line, let answer?) in zip(question.lines, answers) {
                found[question.path, default: [:]][line] = answer.text
            }
        }
        return found
    }
}
