package import Base
package import Git

/// Replays merges of a repository's own history, and compares what we make of each with what git makes of it.
///
/// Nothing is written to the repository: our trees stay in memory, and git's objects go to a quarantine.
package struct SelfCheck: Sendable {
    let place: AbsolutePath
    private let merges: [MergeCommit]
    let engine: GitMergeEngine
    /// Merges that one worker takes at a time.
    private static let share = 100

    /// - Parameter place: any folder of the repository; every worker opens it for itself.
    package init(at place: AbsolutePath, _ merges: [MergeCommit], engine: GitMergeEngine) {
        self.place = place
        self.merges = merges
        self.engine = engine
    }

    /// What came of one merge.
    package enum Finding: Hashable, Sendable {
        /// Verdict and tree are git's.
        case equal(isClean: Bool)
        /// Our rules leave it to git, so there is nothing to compare.
        case asked(AskReason.Kind)
        /// How it differs.
        case different(String)
        /// One of the two sides could not do it, for example because an object is missing.
        case notCompared(String)
    }

    /// What came of the merges so far.
    package struct Tally: Hashable, Sendable {
        /// Merges looked at.
        package private(set) var merges = 0
        /// Those of them that came out as git's clean tree.
        package private(set) var equalClean = 0
        /// Those of them that stop in both, with one tree of markers.
        package private(set) var equalConflict = 0
        /// Merges that our rules leave to git.
        package private(set) var asked: [AskReason.Kind: Int] = [:]
        /// Merges with another answer than git's.
        package private(set) var different: [Difference] = []
        /// Merges that could not be compared.
        package private(set) var notCompared: [Difference] = []
        /// Time that our merges took, summed over all workers.
        package private(set) var ownTime = Duration.zero
        /// Time that git took for those that we decided, summed over all workers.
        package private(set) var gitTime = Duration.zero

        /// No merge yet.
        package init() {}

        /// Merges that our rules decided and that git was able to do as well.
        package var decided: Int { equalClean + equalConflict + different.count }

        mutating func add(_ finding: Finding, of merge: MergeCommit) {
            merges += 1
            switch finding {
            case .equal(let isClean):
                if isClean { equalClean += 1 } else { equalConflict += 1 }
            case .asked(let kind): asked[kind, default: 0] += 1
            case .different(let how): different.append(Difference(merge: merge, detail: how))
            case .notCompared(let why): notCompared.append(Difference(merge: merge, detail: why))
            }
        }

        mutating func add(_ part: Part) {
            for (merge, finding) in part.findings { add(finding, of: merge) }
            ownTime += part.ownTime
            gitTime += part.gitTime
        }
    }

    /// A merge that did not come out as git's.
    package struct Difference: Hashable, Sendable {
        /// The commit that git's answer can be had from again.
        package let merge: MergeCommit
        /// For people.
        package let detail: String
    }

    /// What one worker found in its share.
    struct Part: Sendable {
        var findings: [(MergeCommit, Finding)] = []
        var ownTime = Duration.zero
        var gitTime = Duration.zero
    }

    /// Replays all merges, some at a time on each core; stops when the task is cancelled.
    ///
    /// - Parameter progress: told after every share.
    package func run(
        workers: Int = Machine.cores, progress: @Sendable (Tally) async -> Void
    ) async throws -> Tally {
        var tally = Tally()
        var rest = merges[...]
        try await withThrowingTaskGroup(of: Part.self) { group in
            func start() {
                guard !rest.isEmpty else { return }
                let share = Array(rest.prefix(Self.share))
                rest = rest.dropFirst(Self.share)
                group.addTask { try await replay(share) }
            }
            for _ in 0..<max(workers, 1) { start() }
            while let part = try await group.next() {
                tally.add(part)
                start()
                await progress(tally)
            }
        }
        return tally
    }
}
