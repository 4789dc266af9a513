package import Base
import CSystem
import Glibc
import Synchronization

/// A worker's program under a supervisor of its own, which ends all that it started.
///
/// The supervisor is a separate process. When this process is killed, it ends the worker, its
/// descendants in whatever session they hide, and leaves the ending in the status file.
/// Dropping the value does not end the worker.
package struct SupervisedProcess: Sendable {
    /// The worker's main process.
    package let identity: ProcessIdentity
    /// While it lives, the worker may still run; TERM to it is a stop.
    package let supervisor: ProcessIdentity
    /// The cgroup v2 folder of the worker alone, if the system gave one; gone after the end.
    package let cgroup: AbsolutePath?
    private let watch: SupervisorWatch

    /// Starts a command.
    ///
    /// A folder or program that cannot be used is an ``Ending/couldNotStart(_:)`` of the report;
    /// this throws when the supervisor, the log or the status file cannot be made.
    /// - Parameters:
    ///   - log: Where standard output and error go together; made anew. Its earlier part is in a
    ///     file with `.1` after the name.
    ///   - pipes: Take the place of the command's input and of standard output in the log.
    ///   - logLimit: Bytes that both files may hold together.
    ///   - status: Written in one step when the worker and all it started have ended.
    ///   - cgroup: Whether to try for a cgroup.
    ///   - sandbox: What the worker may reach; nil for whatever its user may. One that cannot be made is an
    ///     ``Ending/couldNotStart(_:)``, whose code ``SandboxFailure`` reads.
    package static func start(
        _ command: Command, log: AbsolutePath, logLimit: Int = 8 << 20, status: AbsolutePath,
        cgroup: Bool = true, sandbox: Sandbox? = nil, pipes: ProcessPipes? = nil
    ) async throws(ProcessError) -> SupervisedProcess {
        let order = SupervisionOrder(
            command: command, log: log, logLimit: logLimit, status: status, wantsCgroup: cgroup,
            sandbox: sandbox, pipes: pipes)
        let watch: SupervisorWatch
        do throws(ProcessError) { watch = try await Launcher.shared.launch(order) } catch {
            pipes?.closeTheirs()
            throw error
        }
        pipes?.closeTheirs()
        guard let worker = await watch.worker() else { throw .supervisorLost }
        return SupervisedProcess(
            identity: worker.identity, supervisor: watch.supervisor,
            cgroup: worker.hasCgroup ? watch.cgroup : nil, watch: watch)
    }

    /// Waits for the end of the worker and of all it started; any number may wait.
    ///
    /// A cancelled task goes on waiting: ``stop()`` is what ends a worker.
    package func report() async -> WorkerReport { await watch.report() }

    /// Begins the teardown, from any thread and as often as one likes. Does not wait for its end.
    package func stop() { watch.stop() }

    /// The report that a supervisor left; nil when it has not ended or never began. Blocks.
    ///
    /// What it does not tell apart the supervisor's identity does: nil and no living supervisor
    /// means that the supervisor itself was killed.
    package static func recordedReport(
        status: AbsolutePath
    ) throws(ProcessError) -> WorkerReport? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(status, limit: 1 << 16)
        } catch {
            if error.isMissing { return nil }
            throw ProcessError(error)
        }
        guard let report = WorkerReport(statusFile: String(decoding: bytes, as: UTF8.self)) else {
            throw .malformedStatus(status)
        }
        return report
    }
}

/// What a supervisor is to do.
struct SupervisionOrder: Sendable {
    let command: Command
    let log: AbsolutePath
    let logLimit: Int
    let status: AbsolutePath
    let wantsCgroup: Bool
    let sandbox: Sandbox?
    var pipes: ProcessPipes?
}

/// Forks supervisors, one at a time: forking and opening files block.
actor Launcher {
    static let shared = Launcher()

    private let lane = Lane(label: "treeguild.launcher")

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    func launch(_ order: SupervisionOrder) throws(ProcessError) -> SupervisorWatch {
        let monitor = try Monitor.required()
        let program = try CProgram(order.command, pipes: order.pipes)
        let cgroup = order.wantsCgroup ? Cgroup.candidate() : nil
        var supervisor = wt_supervisor()
        let code = supervise(order, program, cgroup: cgroup, &supervisor)
        guard code == 0 else {
            let path = supervisor.refused.map { String(cString: $0) } ?? ""
            throw .refused(operation: path.isEmpty ? "fork" : "open", path: path, code: code)
        }
        let watch = SupervisorWatch(supervisor, cgroup: cgroup, monitor: monitor)
        try watch.begin()
        return watch
    }

    private func supervise(
        _ order: SupervisionOrder, _ program: borrowing CProgram, cgroup: AbsolutePath?,
        _ supervisor: inout wt_supervisor
    ) -> Int32 {
        let limits = CgroupLimit.all(
            processes: order.sandbox?.processes, memory: order.sandbox?.memory, cgroup: cgroup)
        let texts = CStringList(limits.flatMap { [$0.folder.description, $0.file, $0.value] })
        return program.with { program in
            texts.with { texts in
                let limits = limits.indices.map {
                    wt_limit(
                        folder: texts[3 * $0], file: texts[3 * $0 + 1], value: texts[3 * $0 + 2])
                }
                return limits.withUnsafeBufferPointer { limits in
                    var supervision = wt_supervision()
                    supervision.program = program
                    supervision.limits = limits.baseAddress
                    supervision.limit_count = Int32(limits.count)
                    guard let sandbox = order.sandbox else {
                        return supervise(order, &supervision, cgroup: cgroup, &supervisor)
                    }
                    return sandbox.with { sandbox in
                        supervision.sandbox = sandbox
                        return supervise(order, &supervision, cgroup: cgroup, &supervisor)
                    }
                }
            }
        }
    }

    private func supervise(
        _ order: SupervisionOrder, _ supervision: inout wt_supervision, cgroup: AbsolutePath?,
        _ supervisor: inout wt_supervisor
    ) -> Int32 {
        let steps = order.command.teardown.steps.map {
            wt_step(
                signal: $0.signal,
                grace_milliseconds: Int32(clamping: $0.grace.milliseconds))
        }
        let names = CStringList([
            order.log.description, order.log.description + ".1", order.status.description,
            order.status.description + SupervisedProcess.draftSuffix, cgroup?.description ?? "",
        ])
        return names.with { names in
            steps.withUnsafeBufferPointer { steps in
                supervision.log = UnsafePointer(names[0])
                supervision.earlier_log = UnsafePointer(names[1])
                supervision.log_limit = Int64(order.logLimit)
                supervision.status = UnsafePointer(names[2])
                supervision.status_draft = UnsafePointer(names[3])
                supervision.cgroup = cgroup == nil ? nil : UnsafePointer(names[4])
                supervision.timeout_milliseconds = order.command.timeout?.milliseconds ?? -1
                supervision.steps = steps.baseAddress
                supervision.step_count = Int32(steps.count)
                return wt_supervise(&supervision, &supervisor)
            }
        }
    }
}
