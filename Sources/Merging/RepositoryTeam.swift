import Git

/// Handles on one repository, one for each core, for work whose parts do not need each other.
struct RepositoryTeam: Sendable {
    private let members: [Repository]

    /// The given handle and as many more as there are cores left; nil where that makes no team.
    init?(beside repository: Repository, cores: Int) async {
        var members = [repository]
        // 16: more wait for each other in the library, which shares its packs among all handles.
        while members.count < min(cores, 16) {
            // With fewer it takes longer and comes to the same.
            guard let twin = try? await repository.twin() else { break }
            members.append(twin)
        }
        if members.count < 2 { return nil }
        self.members = members
    }

    /// How many parts ``map(_:_:)`` makes of the items.
    func parts(of items: [some Any]) -> Int { starts(items.count).count }

    private func starts(_ count: Int) -> [Int] {
        // 8: so that one costly part does not leave the others idle for long.
        let size = max(count / (members.count * 8), 1)
        return Array(stride(from: 0, to: count, by: size))
    }

    /// Does the work part by part; results are in the order of the items, one for each part.
    ///
    /// Whoever is done takes the next part. The first failure ends it.
    func map<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (ArraySlice<Item>, isolated Repository) throws -> Result
    ) async throws -> [Result] {
        let starts = starts(items.count)
        var results: [Result?] = starts.map { _ in nil }
        try await withThrowingTaskGroup(of: (part: Int, member: Repository, Result).self) { group in
            var next = 0
            func start(_ member: Repository) {
                guard next < starts.count else { return }
                let part = next
                next += 1
                group.addTask {
                    try Task.checkCancellation()
                    let end = part + 1 < starts.count ? starts[part + 1] : items.count
                    let items = items[starts[part]..<end]
                    return (part, member, try await member.perform { try work(items, $0) })
                }
            }
            for member in members { start(member) }
            while let (part, member, result) = try await group.next() {
                results[part] = result
                start(member)
            }
        }
        return results.compactMap { $0 }
    }
}

extension Repository {
    /// Does several things without anything in between.
    fileprivate func perform<Result: Sendable>(
        _ work: @Sendable (isolated Repository) throws -> Result
    ) rethrows -> Result {
        try work(self)
    }
}
