import Git
import Synchronization

/// Handles on one repository, one for each core, for work whose parts do not need each other.
struct RepositoryTeam: Sendable {
    private let first: Repository
    /// Opened while the first one works already.
    private let others: [Task<Repository, any Error>]

    /// The given handle and as many more as there are cores left; nil where that makes no team.
    init?(beside repository: Repository, cores: Int) async {
        // 16: more wait for each other in the library, which shares its packs among all handles.
        let count = min(cores, 16)
        if count < 2 { return nil }
        first = repository
        var others: [Task<Repository, any Error>] = []
        for _ in 1..<count { others.append(await repository.twin()) }
        self.others = others
    }

    /// How many results ``gather(_:into:_:)`` gives at most.
    var count: Int { others.count + 1 }

    /// Works on each item once; each member has a result of its own, which the work adds to.
    ///
    /// Who is done with an item takes the next one, without a change of threads in between, so which result an item
    /// is in is left to chance. The first failure ends it.
    func gather<Item: Sendable, Result: Sendable>(
        _ items: [Item], into empty: Result,
        _ work: @escaping @Sendable (Item, inout Result, isolated Repository) throws -> Void
    ) async throws -> [Result] {
        let queue = Queue(items.count)
        return try await withThrowingTaskGroup(of: Result.self) { group in
            for member in 0..<min(count, items.count) {
                group.addTask {
                    // Whatever cannot be opened leaves its work to the others.
                    guard let member = await self.member(member) else { return empty }
                    return try await member.perform { member in
                        var result = empty
                        while let next = queue.next() {
                            try Task.checkCancellation()
                            try work(items[next], &result, member)
                        }
                        return result
                    }
                }
            }
            var results: [Result] = []
            for try await result in group { results.append(result) }
            return results
        }
    }

    private func member(_ number: Int) async -> Repository? {
        // The reason does not matter: with fewer it takes longer and comes to the same.
        number == 0 ? first : try? await others[number - 1].value
    }

    /// Hands out each index once.
    private final class Queue: Sendable {
        private let taken = Atomic<Int>(0)
        private let count: Int

        init(_ count: Int) { self.count = count }

        func next() -> Int? {
            let index = taken.add(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }
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
