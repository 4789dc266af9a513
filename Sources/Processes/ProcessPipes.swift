import Base
import CSystem
import Glibc
import Synchronization

/// Pipes to and from a supervised program, for a caller that reads what it says as it says it.
///
/// One program each. When the last owner is gone, the program reads the end of its input and its writes fail.
package final class ProcessPipes: Sendable {
    /// What the program writes to its standard output.
    package let output: ProcessOutput
    /// What it reads; nil where it reads the command's input.
    package let input: ProcessInput?
    private let theirs: Mutex<(input: Int32, output: Int32)>

    /// Makes the pipes.
    ///
    /// - Parameter talking: Whether the program is to be written to.
    package init(talking: Bool) throws(ProcessError) {
        let output = try ProcessPipes.pipe()
        let input: (reading: Int32, writing: Int32)?
        do throws(ProcessError) { input = talking ? try ProcessPipes.pipe() : nil } catch {
            close(output.reading)
            close(output.writing)
            throw error
        }
        self.output = ProcessOutput(output.reading)
        self.input = input.map { ProcessInput($0.writing) }
        theirs = Mutex((input?.reading ?? -1, output.writing))
        _ = ProcessPipes.ignoreBrokenPipes
    }

    deinit { closeTheirs() }

    var theirInput: Int32? { theirs.withLock { $0.input < 0 ? nil : $0.input } }

    var theirOutput: Int32 { theirs.withLock { $0.output } }

    /// Once the program has them.
    func closeTheirs() {
        theirs.withLock { ends in
            if ends.input >= 0 { close(ends.input) }
            if ends.output >= 0 { close(ends.output) }
            ends = (-1, -1)
        }
    }

    private static func pipe() throws(ProcessError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard wt_pipe(&ends) == 0 else { throw .refused(operation: "pipe", path: "", code: errno) }
        return (ends[0], ends[1])
    }

    /// Writing to a program that has ended is an error, and not the end of this process.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

/// What a program writes, read as it comes. A program that is not read from waits.
package actor ProcessOutput {
    private let lane = Lane(label: "process-output")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Waits for more; nil when the program and all that it started have closed it.
    package func next() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }
}

/// What a program reads, written as its owner likes.
package actor ProcessInput {
    private let lane = Lane(label: "process-input")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    private var descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// Writes all, waiting for the program where it has to; false when it does not read any more.
    package func write(_ bytes: [UInt8]) -> Bool {
        guard descriptor >= 0 else { return false }
        do throws(FileError) {
            try Files.write(bytes, to: descriptor, path: "standard input")
            return true
        } catch {
            return false
        }
    }

    /// The program reads the end.
    package func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
