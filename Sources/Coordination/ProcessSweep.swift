import Base
import Processes

/// Looks through the process table, which blocks, on a lane of its own.
actor ProcessSweep {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }
    nonisolated private let lane = Lane(label: "process-sweep")
    private static let shared = ProcessSweep()

    /// Processes of a run's workers, wherever they went: their environment names the run.
    static func processes(of run: RunID) async -> [ProcessIdentity] {
        await shared.marked(run.description)
    }

    /// Ends processes and waits until they are gone.
    static func end(_ processes: [ProcessIdentity]) async {
        await ProcessTable.end(processes, grace: .seconds(2))
    }

    /// Processes that work inside a folder; nil when nobody can tell.
    static func processes(in folder: AbsolutePath) async -> [ProcessIdentity]? {
        await shared.inFolder(folder)
    }

    private func marked(_ value: String) -> [ProcessIdentity] {
        ProcessTable.marked("TREEGUILD_RUN", value: value)
    }

    private func inFolder(_ folder: AbsolutePath) -> [ProcessIdentity]? {
        ProcessTable.inFolder(folder)
    }
}
