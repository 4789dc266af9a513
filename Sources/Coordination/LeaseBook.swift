import Base
import Processes
import Store

/// Opens the user's leases on this machine when they are first needed, and no sooner.
actor LeaseBook {
    private let folder: AbsolutePath
    private var opening: Task<PortLeases, any Error>?

    init(folder: AbsolutePath) { self.folder = folder }

    /// The place that all of a user's runs agree on.
    init(environment: [String: String]) {
        let state =
            environment["XDG_STATE_HOME"].flatMap { AbsolutePath($0) }
            ?? environment["HOME"].flatMap { AbsolutePath($0) }?.appending(".local/state")
            ?? Files.temporaryFolder
        self.init(folder: state.appending("treeguild"))
    }

    /// Two who ask at once get the same.
    func leases() async throws -> PortLeases {
        if let opening { return try await opening.value }
        let folder = folder
        let task = Task { try await PortLeases.open(in: folder) }
        opening = task
        do {
            return try await task.value
        } catch {
            opening = nil
            throw error
        }
    }

    /// By the process table and the sockets of this machine.
    static let judge = PortLeases.Judge(
        // An owner that nobody can read is not known to have ended.
        isAlive: { ProcessIdentity($0)?.isAlive ?? true },
        isFree: { PortProbe.isFree($0) })
}
