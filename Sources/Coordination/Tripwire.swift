import Base
import Git
import Processes
import Store
import Tasks

/// Changes of the user's repository, beside the run's own branches, that happened while workers ran.
struct Crossing: Hashable, Sendable {
    /// Whose they are.
    enum Origin: String, Sendable {
        /// Nobody else whom we started ran, and nothing kept it from writing there.
        case worker
        /// Several workers ran: one of them, or the user.
        case unknown
        /// No worker ran, or the kernel kept all that did from writing there.
        case user
    }

    let by: Origin
    /// Relative to the main worktree, in order.
    let paths: [String]
}

/// Looks at the user's repository before and after each worker.
///
/// A look belongs to the time since the look before it, whoever asked for that one.
actor Tripwire {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }
    nonisolated private let lane = Lane(label: "tripwire")
    private let layout: RepositoryLayout
    private let excepted: [AbsolutePath]
    /// Whether workers provably write nowhere but where they may.
    private let isHeld: Bool
    private var latest: RepositoryFingerprint?
    private var running: Set<String> = []
    /// What the only worker of a time changed, until it ends.
    private var blamed: [String: Set<String>] = [:]
    private var others: [Crossing] = []
    /// Refs of the run whose work is collected: any worker can write them, and nobody has to any more.
    private var sealed: [String: SealedReference] = [:]

    init(layout: RepositoryLayout, except excepted: [AbsolutePath], isHeld: Bool) {
        self.layout = layout
        self.excepted = excepted
        self.isHeld = isHeld
    }

    /// A worker is about to start.
    func begin(_ key: String) {
        look()
        running.insert(key)
    }

    /// A worker has ended; returns what happened since it began and has not been told yet.
    func end(_ key: String) -> [Crossing] {
        look()
        running.remove(key)
        defer { others = [] }
        let own = (blamed.removeValue(forKey: key) ?? []).sorted()
        return others + (own.isEmpty ? [] : [Crossing(by: .worker, paths: own)])
    }

    /// A worker has ended of whose doing only what it is blamed for is wanted now; the rest is told by the next end.
    func blame(_ key: String) -> [String] {
        let crossings = end(key)
        others = crossings.filter { $0.by != .worker }
        return crossings.filter { $0.by == .worker }.flatMap(\.paths)
    }

    /// From now on nobody has a reason to move this ref of the run.
    func seal(_ reference: String) {
        sealed[reference] = SealedReference(reference, in: layout.commonDirectory)
    }

    /// Somebody has a reason to move it again.
    func unseal(_ reference: String) { sealed[reference] = nil }

    /// Blames for sealed refs: a sandbox keeps nobody from them.
    private func lookAtSealed() {
        var moved: [String] = []
        for (reference, seal) in sealed where seal.isBroken(in: layout.commonDirectory) {
            sealed[reference] = SealedReference(reference, in: layout.commonDirectory)
            moved.append(".git/" + reference)
        }
        guard !moved.isEmpty, !running.isEmpty else { return }
        if running.count == 1, let key = running.first {
            blamed[key, default: []].formUnion(moved)
        } else {
            others.append(Crossing(by: .unknown, paths: moved.sorted()))
        }
    }

    private func look() {
        lookAtSealed()
        let now = RepositoryFingerprint(of: layout, after: latest)
        defer { latest = now }
        guard let latest, !running.isEmpty else { return }
        let changes = now.changes(since: latest, except: excepted)
        guard !changes.isEmpty else { return }
        if isHeld {
            others.append(Crossing(by: .user, paths: changes))
        } else if running.count == 1, let key = running.first {
            blamed[key, default: []].formUnion(changes)
        } else {
            others.append(Crossing(by: .unknown, paths: changes))
        }
    }
}

extension Coordinator {
    /// Records what happened to the user's repository, and tells what nobody can be blamed for.
    func note(_ crossings: [Crossing], task: TaskID?) async throws {
        for crossing in crossings {
            _ = try await ledger.append(
                run: context.run, task: task, actor: "treeguild", kind: "repository.changed",
                data: [
                    "by": .string(crossing.by.rawValue),
                    "paths": .array(crossing.paths.prefix(100).map { .string($0) }),
                    "count": .int(crossing.paths.count),
                ])
            guard crossing.by == .unknown else { continue }
            tell(
                .note(
                    "warning: changed while several workers ran, by one of them or by you: "
                        + Crossing.words(crossing.paths)))
        }
    }
}

extension Crossing {
    /// The first few paths, and how many more there are.
    static func words(_ paths: [String]) -> String {
        let more = paths.count > 5 ? " and \(paths.count - 5) more" : ""
        return paths.prefix(5).map { Text.visible($0) }.joined(separator: ", ") + more
    }
}
