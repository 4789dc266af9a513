import Base
import CSystem
import Glibc
import Synchronization

/// Runs of short programs, such as git: what they print is kept in memory.
///
/// Only the program itself and its process group are watched: workers and tests of a repository,
/// which start what they like, need a ``SupervisedProcess``.
package enum ProgramRun {
    /// What a program printed and how it ended.
    package struct Output: Sendable {
        /// ``Ending/stopped`` when the task was cancelled.
        package let ending: Ending
        /// Its standard output.
        package let output: [UInt8]
        /// Its standard error.
        package let errors: [UInt8]

        /// Standard output, invalid UTF-8 repaired.
        package var text: String { String(decoding: output, as: UTF8.self) }
        /// Standard error, invalid UTF-8 repaired.
        package var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// Runs a program in a session of its own and waits for its end.
    ///
    /// Time-out and cancellation begin the command's teardown for its process group. Ends with the
    /// program even if something it left behind holds its output open; that is left alone.
    /// - Parameter limit: Bytes of output and errors together; with more the program is killed and
    ///   ``ProcessError/outputTooLarge(program:limit:)`` thrown.
    package static func run(
        _ command: Command, limit: Int = 64 << 20
    ) async throws(ProcessError) -> Output {
        let run = try await Launcher.shared.launch(command, limit: limit)
        guard let run else { return Output(ending: .stopped, output: [], errors: []) }
        let result = await withTaskCancellationHandler {
            await run.result()
        } onCancel: {
            run.end(.stopped)
        }
        return try result.get()
    }
}

extension Launcher {
    /// Starts a short program; nil when the task is already cancelled.
    func launch(_ command: Command, limit: Int) throws(ProcessError) -> CapturedProgram? {
        if Task.isCancelled { return nil }
        let monitor = try Monitor.required()
        let program = try CProgram(command)
        let output = try Pipe()
        let errors = try Pipe()
        let timer = wt_timer()
        guard timer >= 0 else {
            throw .refused(operation: "timerfd_create", path: "", code: errno)
        }
        var pid: Int32 = 0
        var pidfd: Int32 = -1
        let code = program.with { program in
            var program = program
            return wt_spawn(&program, output.writing, errors.writing, &pid, &pidfd)
        }
        let captured = CapturedProgram(
            command: command, limit: limit, pid: pid, monitor: monitor,
            descriptors: .init(
                output: output.takeReading(), errors: errors.takeReading(), timer: timer,
                process: pidfd))
        if code == 0 { captured.begin() } else { captured.refuse(code) }
        return captured
    }
}

/// A pipe whose ends close themselves.
private struct Pipe: ~Copyable {
    private var reading: Int32
    let writing: Int32

    init() throws(ProcessError) {
        var ends: [Int32] = [-1, -1]
        guard wt_pipe(&ends) == 0 else { throw .refused(operation: "pipe", path: "", code: errno) }
        (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    /// Gives the reading end away.
    consuming func takeReading() -> Int32 {
        let result = reading
        reading = -1
        return result
    }

    deinit {
        if reading >= 0 { close(reading) }
        close(writing)
    }
}
