import Base
import Git
import Merging
import Processes
import Review

/// `treeguild overlap --watch`: compares anew when a worktree or a ref has changed, and prints what is different.
///
/// A signal is its normal end.
actor OverlapWatch {
    private let invocation: Invocation
    private var folders: WatchedFolders?
    private var last: OverlapComparison?
    private var lastSources: (base: OverlapInputs.Base, sources: OverlapInputs.Sources)?
    private var lastFailure: String?
    /// What the trees that are compared again and again differ in.
    private var cache = OverlapCache()
    /// Trees of worktrees that have not changed since.
    private var trees: [AbsolutePath: WorkSnapshots.Snapshot] = [:]

    /// How long nothing may have changed before a comparison, and how long changes may hold it up.
    private static let quiet = Duration.milliseconds(150)
    private static let patience = Duration.seconds(2)
    /// Between two looks where the system tells no changes.
    private static let polling = Duration.seconds(2)
    /// Snapshots are kept in memory until their folder goes, so it goes now and then.
    private static let roundsPerFolder = 100
    /// Folders beyond which it looks now and then instead of being told.
    private let folderLimit: Int

    init(_ invocation: Invocation, folderLimit: Int = 20_000) {
        self.invocation = invocation
        self.folderLimit = folderLimit
    }

    func run() async throws -> ExitCode {
        let signals = Signals.stream([Signals.interrupt, Signals.terminate])
        return try await withThrowingTaskGroup { group in
            group.addTask {
                for await _ in signals { break }
            }
            group.addTask { try await self.follow() }
            // The first to end ends the other: a signal, an error, or a reader that has gone.
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch is CancellationError {}
            return .done
        }
    }

    private func follow() async throws {
        while await !invocation.output.isClosed {
            trees = [:]
            cache = OverlapCache()
            let place = try await RunPlace(invocation)
            // Watching begins before the first look, so that no change is missed.
            await watch(place)
            let inputs = try await OverlapInputs(invocation, place)
            let snapshots = try await inputs.snapshots()
            do {
                try await follow(place, snapshots)
                await snapshots?.discard()
            } catch {
                await snapshots?.discard()
                throw error
            }
        }
    }

    private func follow(_ place: RunPlace, _ snapshots: WorkSnapshots?) async throws {
        for _ in 0..<Self.roundsPerFolder {
            await compare(place, snapshots)
            try Task.checkCancellation()
            if await invocation.output.isClosed { return }
            try await waitForChanges(place)
        }
    }

    // MARK: Comparing

    private func compare(_ place: RunPlace, _ snapshots: WorkSnapshots?) async {
        do {
            let inputs = try await OverlapInputs(invocation, place)
            let base = try await inputs.base(snapshots)
            if let snapshots {
                for worktree in inputs.worktrees where trees[worktree.path] == nil {
                    // What fails here is told as a missing input by the look that follows.
                    trees[worktree.path] = try? await snapshots.work(in: worktree.path)
                }
            }
            let sources = try await inputs.sources(base, snapshots, known: trees)
            lastFailure = nil
            if let lastSources, lastSources.base == base, lastSources.sources == sources { return }
            var known = cache
            // One owner, or every change would copy it.
            cache = OverlapCache()
            let comparison = try await OverlapComparison.make(
                base, sources, place, snapshots, invocation, &known)
            cache = known
            lastSources = (base, sources)
            await tell(comparison)
        } catch {
            // What was given up on the way out is nobody's fault.
            if Task.isCancelled { return }
            // A branch may come back, and a rebase may be half done: what is wrong is told once.
            let error = CommandError(error)
            if error.message != lastFailure { await invocation.output.warn("\(error.message)") }
            lastFailure = error.message
        }
    }

    private func tell(_ comparison: OverlapComparison) async {
        defer { last = comparison }
        let output = invocation.output
        if let last, last.report == comparison.report { return }
        if invocation.isJSON { return await output.jsonLine(comparison.report.json) }
        guard let last else {
            for input in comparison.missing {
                await output.warn("\(input.name) is missing: \(input.reason)")
            }
            let columns = await output.columns
            for line in OverlapScreen(comparison.report, columns: columns).lines {
                await output.line(line)
            }
            return
        }
        let time = StatusWord.time(.now)
        for line in OverlapChanges(from: last, to: comparison).lines {
            await output.line("\(time, .dim)  \(line)")
        }
    }

    // MARK: Waiting

    private func waitForChanges(_ place: RunPlace) async throws {
        guard let folders else {
            try await Task.sleep(for: Self.polling)
            trees = [:]
            return
        }
        let clock = ContinuousClock()
        var first: ContinuousClock.Instant?
        var latest = clock.now
        while true {
            let changes = await folders.take()
            if !changes.isEmpty {
                latest = clock.now
                first = first ?? latest
                trees = trees.filter { path, _ in !changes.concerns(path) }
                if changes.isIncomplete { trees = [:] }
                if await !folders.follow(changes, place.git) { await giveUp() }
            }
            if let first {
                let now = clock.now
                if now - latest >= Self.quiet || now - first >= Self.patience { return }
            }
            if await invocation.output.isClosed { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func watch(_ place: RunPlace) async {
        let withWorktrees = invocation.has("worktrees")
        guard let made = WatchedFolders(place, withWorktrees: withWorktrees, limit: folderLimit)
        else { return await giveUp() }
        folders = made
        if await !made.addAll() { await giveUp() }
    }

    private func giveUp() async {
        if folders != nil || last == nil {
            await invocation.output.warn(
                "not every folder can be watched (the system's limit is fs.inotify.max_user_watches): looking every 2 seconds instead"
            )
        }
        folders = nil
    }
}
