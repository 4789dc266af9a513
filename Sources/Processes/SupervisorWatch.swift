import Base
import CSystem
import Glibc
import Synchronization

/// This process's end of one supervisor: its descriptors, and who waits for what it says.
///
/// The monitor's handlers hold it until the supervisor has ended, so the channel, whose end would
/// tell the supervisor that we are gone, is open for just as long.
final class SupervisorWatch: Sendable {
    /// What the supervisor says of a worker that it has started.
    struct Worker: Sendable {
        let identity: ProcessIdentity
        let hasCgroup: Bool
    }

    private struct State {
        /// -1 once the supervisor has ended.
        var channel: Int32
        var worker: Worker?
        var ending: wt_ending?
        var report: WorkerReport?
        var isOver = false
        var awaitingWorker: [CheckedContinuation<Worker?, Never>] = []
        var awaitingReport: [CheckedContinuation<WorkerReport, Never>] = []
    }

    let supervisor: ProcessIdentity
    /// The cgroup's folder, if it could be made.
    let cgroup: AbsolutePath?
    private let pidfd: Int32
    private let monitor: Monitor
    private let started = Timestamp.now
    private let state: Mutex<State>

    /// Takes over the descriptors.
    init(_ supervisor: wt_supervisor, cgroup: AbsolutePath?, monitor: Monitor) {
        self.supervisor = ProcessIdentity(pid: supervisor.pid, start: supervisor.start)
        self.cgroup = cgroup
        self.monitor = monitor
        pidfd = supervisor.pidfd
        state = Mutex(State(channel: supervisor.channel))
    }

    /// Begins to watch; when that fails the supervisor is told to end its worker.
    func begin() throws(ProcessError) {
        let channel = state.withLock { $0.channel }
        do throws(ProcessError) {
            try monitor.watch(channel) { self.receive() }
            try monitor.watch(pidfd) { self.finish() }
        } catch {
            monitor.ignore(channel)
            close(channel)
            close(pidfd)
            throw error
        }
    }

    /// The worker's main process; nil when the supervisor ended before it could tell.
    func worker() async -> Worker? {
        // Resumed by `receive`, or by `finish`, on the monitor's thread. No cancellation: the
        // supervisor answers within milliseconds.
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Worker?? in
                if state.worker != nil || state.isOver { return .some(state.worker) }
                state.awaitingWorker.append(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func report() async -> WorkerReport {
        // Resumed by `finish` on the monitor's thread, which every end of the supervisor causes.
        // No cancellation: who wants the worker to end says stop.
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> WorkerReport? in
                if state.report == nil { state.awaitingReport.append(continuation) }
                return state.report
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func stop() {
        state.withLock { state in
            if state.channel >= 0 { wt_supervisor_stop(state.channel) }
        }
    }

    private func receive() {
        var isClosed = false
        let resumed = state.withLock { state -> [CheckedContinuation<Worker?, Never>] in
            isClosed = Self.drain(&state)
            guard state.worker != nil else { return [] }
            defer { state.awaitingWorker = [] }
            return state.awaitingWorker
        }
        // An ended channel stays readable; the end of the process is what counts.
        if isClosed { monitor.ignore(state.withLock { $0.channel }) }
        let worker = state.withLock { $0.worker }
        for continuation in resumed { continuation.resume(returning: worker) }
    }

    /// Takes all messages; true when no more will come.
    private static func drain(_ state: inout State) -> Bool {
        while true {
            var message = wt_message()
            let result = wt_supervisor_receive(state.channel, &message)
            guard result == 1 else { return result < 0 }
            state.worker = Worker(
                identity: ProcessIdentity(pid: message.pid, start: message.start),
                hasCgroup: message.has_cgroup != 0)
            if message.what == 2 { state.ending = message.ending }
        }
    }

    private func finish() {
        var exited: Int32 = 0
        var number: Int32 = 0
        let code = wt_reap(pidfd, &exited, &number)
        if code == EAGAIN { return }
        monitor.ignore(pidfd)
        close(pidfd)
        let ending = closeChannel()
        if ending == nil { endAbandoned() }
        if let cgroup { Cgroup.remove(cgroup) }
        let report =
            ending.map(WorkerReport.init)
            ?? WorkerReport(ending: .orphaned, started: started, ended: .now)
        let (workers, reports, worker) = state.withLock { state in
            state.report = report
            state.isOver = true
            defer { (state.awaitingWorker, state.awaitingReport) = ([], []) }
            return (state.awaitingWorker, state.awaitingReport, state.worker)
        }
        for continuation in workers { continuation.resume(returning: worker) }
        for continuation in reports { continuation.resume(returning: report) }
    }

    /// Takes what the supervisor still said, and closes the channel.
    private func closeChannel() -> wt_ending? {
        state.withLock { state in
            _ = Self.drain(&state)
            monitor.ignore(state.channel)
            close(state.channel)
            state.channel = -1
            return state.ending
        }
    }

    /// Kills the main process of a supervisor that was itself killed.
    ///
    /// The kernel has done so already, unless the program took that setting back; what it started
    /// is in the cgroup or carries the worker's mark.
    private func endAbandoned() {
        guard let worker = state.withLock({ $0.worker?.identity }) else { return }
        var descriptor: Int32 = -1
        guard wt_process_open(worker.pid, worker.start, &descriptor) == 0 else { return }
        _ = wt_process_signal(descriptor, SIGKILL)
        close(descriptor)
    }
}
