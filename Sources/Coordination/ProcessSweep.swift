import Base
import Processes

/// Looks through the process table, which blocks, on a lane of its own.
actor ProcessSweep {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }
    nonisolated private let lane = Lane(label: "process-sweep")
    private static let shared = ProcessSweep()

    /// Processes of a run's workers, wherever they went: their environment names what only they share.
    ///
    /// The run's own name would not do, since a run of another repository may have the same.
    static func processes(of folders: RunFolders) async -> [ProcessIdentity] {
        await shared.marked(folders.scratchpad.description)
    }

    /// Ends processes and waits until they are gone.
    static func end(_ processes: [ProcessIdentity]) async {
        await ProcessTable.end(processes, grace: .seconds(2))
    }

    /// Processes that work inside a folder; nil when nobody can tell.
    static func processes(in folder: AbsolutePath) async -> [ProcessIdentity]? {
        await shared.inFolder(folder)
    }

    /// True while a worker is watched, or ended, whose records are in the folder.
    static func isSupervised(below folder: AbsolutePath) async -> Bool {
        await shared.isSupervised(folder)
    }

    private func isSupervised(_ folder: AbsolutePath) -> Bool {
        SupervisedProcess.isSupervised(below: folder)
    }

    private func marked(_ value: String) -> [ProcessIdentity] {
        ProcessTable.marked("TREEGUILD_SCRATCHPAD", value: value)
    }

    private func inFolder(_ folder: AbsolutePath) -> [ProcessIdentity]? {
        ProcessTable.inFolder(folder)
    }
}
