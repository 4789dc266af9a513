import Base
import Coordination
import Git
import Processes
import Review
import Store
import Tasks

/// The repository that a command works in, with its ledger and the git program.
struct RunPlace: Sendable {
    let repository: Repository
    let layout: RepositoryLayout
    let git: GitProgram?
    /// Folder of the ledger.
    let state: AbsolutePath

    init(_ invocation: Invocation) async throws {
        await invocation.hideSecrets()
        let folder = invocation.folder
        repository = try await BlockingCalls.run { try Repository(at: folder) }
        layout = repository.layout
        git = await GitProgram.find(in: invocation.environment)
        state = RunFolders.state(inCommonDirectory: layout.commonDirectory)
    }

    /// Opens the ledger, making it where there is none; dies at the given point of its writes if a test says so.
    func ledger(_ invocation: Invocation) async throws -> Ledger {
        let fault = invocation.environment["TREEGUILD_FAULT"].flatMap { Int($0) }
        return try await Ledger.open(at: state, faults: FaultPoint(number: fault))
    }

    /// The ledger if there is one.
    func existingLedger(_ invocation: Invocation) async throws -> Ledger {
        let fault = invocation.environment["TREEGUILD_FAULT"].flatMap { Int($0) }
        guard
            let ledger = try await Ledger.openExisting(at: state, faults: FaultPoint(number: fault))
        else {
            throw CommandError(
                .usage, "no_runs", "no run was ever made in \(layout.commonDirectory)",
                hint: "treeguild run PLAN makes one")
        }
        return ledger
    }

    /// The user, as commits name them.
    func identity() async throws -> Identity {
        try await repository.userIdentity() ?? .fallback
    }

    /// The folders of a new run.
    func folders(for run: RunID, _ settings: Settings, _ invocation: Invocation) throws
        -> RunFolders
    {
        let near = layout.mainWorktree ?? layout.commonDirectory
        let home = invocation.environment["HOME"].flatMap { AbsolutePath($0) }
        let cache =
            invocation.environment["XDG_CACHE_HOME"].flatMap { AbsolutePath($0) }
            ?? home?.appending(".cache") ?? Files.temporaryFolder
        let parent = RunFolders.treeParent(chosen: settings.worktrees, near: near, cache: cache)
        let secret = Digest.random(6).hexadecimal
        return RunFolders(state: state, trees: parent.appending("\(run)-\(secret)"), run: run)
    }

    /// A run's name: the one that was asked for, if nobody has it, or a new one.
    func newRun(_ invocation: Invocation, asked: String?) throws -> RunID {
        guard let asked else {
            var generator = SystemRandomNumberGenerator()
            return RunID(at: .now, using: &generator)
        }
        guard let run = RunID(asked) else {
            throw CommandError(
                .usage, "bad_run_id", "'\(asked)' cannot name a run",
                hint: "a name has 1 to 63 of a-z, 0-9 and -, and does not begin with -")
        }
        return run
    }

    /// The run that a word names; without one the latest.
    func record(_ word: String?, in ledger: Ledger) async throws -> RunRecord {
        guard let word else {
            guard let latest = try await ledger.runs().first else {
                throw CommandError(
                    .usage, "no_runs", "there is no run yet", hint: "treeguild run PLAN")
            }
            return latest
        }
        guard let id = RunID(word), let record = try await ledger.run(id) else {
            throw CommandError(
                .usage, "unknown_run", "there is no run '\(word)'",
                hint: "treeguild status lists the runs")
        }
        return record
    }
}

extension RunRecord {
    /// True while the process that works on it is alive.
    var isAlive: Bool {
        status == .running && ProcessIdentity(owner)?.isAlive ?? false
    }

    /// True when it did not come to its end and nobody works on it.
    var canBeResumed: Bool {
        status == .interrupted || (status == .running && !isAlive)
    }
}
