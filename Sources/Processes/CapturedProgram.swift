import Base
import CSystem
import Glibc
import Synchronization

/// A short program while it runs: the monitor's handlers fill it, anyone may end it.
final class CapturedProgram: Sendable {
    typealias Outcome = Result<ProgramRun.Output, ProcessError>

    struct Descriptors: Sendable { var output, errors, timer, process: Int32 }

    private struct State {
        /// -1 where closed.
        var descriptors: Descriptors
        var output: [UInt8] = []
        var errors: [UInt8] = []
        /// Why the teardown began, and how many of its steps were taken.
        var reason: Ending?
        var stepsTaken = 0
        var isTooLarge = false
        var outcome: Outcome?
        var waiting: CheckedContinuation<Outcome, Never>?
    }

    private enum Stream {
        case output, errors

        var descriptor: WritableKeyPath<Descriptors, Int32> {
            self == .output ? \.output : \.errors
        }

        var bytes: WritableKeyPath<State, [UInt8]> { self == .output ? \.output : \.errors }
    }

    private let command: Command
    private let limit: Int
    private let pid: Int32
    private let monitor: Monitor
    private let state: Mutex<State>

    init(
        command: Command, limit: Int, pid: Int32, monitor: Monitor, descriptors: Descriptors
    ) {
        self.command = command
        self.limit = limit
        self.pid = pid
        self.monitor = monitor
        state = Mutex(State(descriptors: descriptors))
    }

    func begin() {
        let descriptors = state.withLock { $0.descriptors }
        if let timeout = command.timeout { wt_timer_set(descriptors.timer, timeout.milliseconds) }
        do throws(ProcessError) {
            try monitor.watch(descriptors.output) { self.read(.output) }
            try monitor.watch(descriptors.errors) { self.read(.errors) }
            try monitor.watch(descriptors.timer) { self.takeNextStep() }
            try monitor.watch(descriptors.process) { self.finish() }
        } catch {
            // Nothing will tell of its end: the only wait of this type that blocks, and a short one.
            kill(-pid, SIGKILL)
            while waitpid(pid, nil, 0) < 0, errno == EINTR {}
            settle(.failure(error))
        }
    }

    /// Records that the program could not be started.
    func refuse(_ code: Int32) {
        settle(.success(.init(ending: .couldNotStart(code), output: [], errors: [])))
    }

    func result() async -> Outcome {
        // Resumed by `settle`. Cancellation ends the program, which leads there.
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Outcome? in
                if state.outcome == nil { state.waiting = continuation }
                return state.outcome
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Begins the teardown, unless it has begun or the program has ended.
    func end(_ reason: Ending) {
        state.withLock { state in
            guard state.reason == nil, state.outcome == nil else { return }
            state.reason = reason
            step(&state)
        }
    }

    private func takeNextStep() {
        state.withLock { state in
            var expirations: UInt64 = 0
            // Unread, the timer would wake the monitor again at once.
            _ = Glibc.read(state.descriptors.timer, &expirations, 8)
            guard expirations > 0, state.outcome == nil else { return }
            if state.reason == nil { state.reason = .timedOut }
            step(&state)
        }
    }

    /// The process is reaped only after its outcome is set, so the group's number is its own.
    private func step(_ state: inout State) {
        let steps = command.teardown.steps
        guard state.stepsTaken < steps.count else {
            kill(-pid, SIGKILL)
            return
        }
        let step = steps[state.stepsTaken]
        state.stepsTaken += 1
        kill(-pid, step.signal)
        wt_timer_set(state.descriptors.timer, step.grace.milliseconds)
    }

    private func read(_ stream: Stream) {
        // A part at a time, so that one program does not keep the others waiting.
        state.withLock { drain(&$0, stream, reads: 16) }
    }

    private func drain(_ state: inout State, _ stream: Stream, reads: Int) {
        for _ in 0..<reads {
            let file = state.descriptors[keyPath: stream.descriptor]
            guard file >= 0 else { return }
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
                let count = Glibc.read(file, buffer.baseAddress, buffer.count)
                if count > 0, !state.isTooLarge {
                    state[keyPath: stream.bytes].append(contentsOf: buffer[..<count])
                }
                return count
            }
            if count < 0, errno == EAGAIN { return }
            if count == 0 || count < 0 && errno != EINTR {
                monitor.ignore(file)
                close(file)
                state.descriptors[keyPath: stream.descriptor] = -1
            }
            if state.output.count + state.errors.count > limit {
                state.isTooLarge = true
                (state.output, state.errors) = ([], [])
                kill(-pid, SIGKILL)
            }
        }
    }

    private func finish() {
        let outcome = state.withLock { state -> Outcome? in
            // All that the program wrote is in the pipes by now; a pipe holds at most 1 MiB.
            drain(&state, .output, reads: 256)
            drain(&state, .errors, reads: 256)
            var exited: Int32 = 0
            var number: Int32 = 0
            let code = wt_reap(state.descriptors.process, &exited, &number)
            if code == EAGAIN { return nil }
            guard code == 0 else {
                return .failure(.refused(operation: "waitid", path: "", code: code))
            }
            if state.isTooLarge {
                let program = command.arguments.first ?? ""
                return .failure(.outputTooLarge(program: program, limit: limit))
            }
            let own: Ending = exited != 0 ? .exited(number) : .signaled(number)
            return .success(
                .init(ending: state.reason ?? own, output: state.output, errors: state.errors))
        }
        if let outcome { settle(outcome) }
    }

    private func settle(_ outcome: Outcome) {
        let waiting = state.withLock { state in
            state.outcome = outcome
            let all = state.descriptors
            for descriptor in [all.output, all.errors, all.timer, all.process]
            where descriptor >= 0 {
                monitor.ignore(descriptor)
                close(descriptor)
            }
            state.descriptors = Descriptors(output: -1, errors: -1, timer: -1, process: -1)
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: outcome)
    }
}
