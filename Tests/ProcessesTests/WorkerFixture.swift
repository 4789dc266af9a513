import Base
import Dispatch
import Foundation
import TestSupport

@testable import Processes

/// A folder with a log and a status file for one worker, whose processes carry a mark.
final class WorkerFixture: Sendable {
    static let markName = "TREEGUILD_TEST_MARK"
    /// The standard steps with waits that fit a test.
    static let quick = Teardown(steps: [
        .init(signal: SIGINT, grace: .milliseconds(300)),
        .init(signal: SIGTERM, grace: .milliseconds(300)),
    ])

    /// For a shell that handles signals: stays until it is ended. A shell looks at its traps when a program that it
    /// runs has ended, but `wait` ends at once.
    static let heeding = "while :; do \(Shell.forever) & wait; done"

    let scratch: Scratch
    let mark = UUID().uuidString

    init() throws { scratch = try Scratch() }

    var folder: AbsolutePath { scratch.path }
    var log: AbsolutePath { folder.appending("log") }
    var status: AbsolutePath { folder.appending("status") }
    var environment: [String: String] {
        ["PATH": "/usr/local/bin:/usr/bin:/bin", Self.markName: mark]
    }

    /// Living processes that the worker started, however far they went.
    var marked: [ProcessIdentity] { ProcessTable.marked(Self.markName, value: mark) }

    func shell(
        _ text: String, input: [UInt8] = [], timeout: Duration? = nil,
        teardown: Teardown = quick
    ) -> Command {
        .shell(
            text, in: folder, environment: environment, input: input, timeout: timeout,
            teardown: teardown)
    }

    func start(
        _ command: Command, logLimit: Int = 1 << 20, cgroup: Bool = true
    ) async throws -> SupervisedProcess {
        try await SupervisedProcess.start(
            command, log: log, logLimit: logLimit, status: status, cgroup: cgroup)
    }

    func report(
        _ command: Command, logLimit: Int = 1 << 20, cgroup: Bool = true
    ) async throws -> WorkerReport {
        try await start(command, logLimit: logLimit, cgroup: cgroup).report()
    }

    func output() throws -> String {
        String(decoding: try LogFile.read(log, last: 1 << 20).bytes, as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { Files.kind(of: folder.appending(name)) != nil }

    /// A number that the worker writes into a file, once it has.
    func number(in name: String) -> Int32? {
        guard let bytes = try? Files.read(folder.appending(name)), bytes.last == 10 else {
            return nil
        }
        return Int32(String(decoding: bytes.dropLast(), as: UTF8.self))
    }
}

/// For a shell: prints its open descriptors, and the blocked and ignored signals in hexadecimal.
let inheritedText = """
    ls /proc/self/fd | tr '\\n' ' '; sed -nE 's/^Sig(Blk|Ign):[^0-9a-f]*//p' /proc/self/status
    """

/// Whether the text is that of a program that inherited nothing.
func isClean(_ lines: ArraySlice<Substring>) -> Bool {
    // 32 and 33 belong to the C library, whose posix_spawn(3) leaves them ignored.
    let own: UInt64 = 0x1_8000_0000
    // 3 is the descriptor of `ls` for the folder.
    guard lines.count == 2, let first = lines.first, first.hasPrefix("0 1 2 3 "),
        let blocked = UInt64(first.dropFirst(8), radix: 16),
        let ignored = UInt64(lines[lines.startIndex + 1], radix: 16)
    else { return false }
    return blocked == 0 && ignored & ~own == 0
}

/// Asks again until the answer is yes or the time is up.
func eventually(
    within limit: Duration = .seconds(120), _ condition: () throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        // A pause between two looks, which no result depends on.
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(3)) {
                continuation.resume()
            }
        }
    }
    return try condition()
}
