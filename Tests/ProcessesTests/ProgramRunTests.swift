import Base
import Foundation
import TestSupport
import Testing

@testable import Processes

struct ProgramRunTests {
    @Test func `output, errors and status come apart`() async throws {
        let fixture = try WorkerFixture()
        let result = try await ProgramRun.run(fixture.shell("echo out; echo err >&2; exit 3"))
        #expect(result.ending == .exited(3))
        #expect(result.text == "out\n")
        #expect(result.errorText == "err\n")
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a signal is reported as it was`(signal: Int32) async throws {
        let fixture = try WorkerFixture()
        let result = try await ProgramRun.run(fixture.shell("kill -\(signal) $$"))
        #expect(result.ending == .signaled(signal))
    }

    @Test func `a program that cannot run is an ending of its own`() async throws {
        let fixture = try WorkerFixture()
        try Files.create(fixture.folder.appending("plain"), with: "text".utf8, mode: 0o644)
        let missing = fixture.folder.appending("missing")
        let cases: [([String], AbsolutePath, Int32)] = [
            (["no-such-program-here"], fixture.folder, ENOENT),
            (["./plain"], fixture.folder, EACCES),
            (["true"], missing, ENOENT),
        ]
        for (arguments, folder, code) in cases {
            let result = try await ProgramRun.run(
                Command(arguments, in: folder, environment: fixture.environment))
            #expect(result.ending == .couldNotStart(code), "\(arguments)")
        }
    }

    @Test func `10 MB go through in both directions`() async throws {
        let fixture = try WorkerFixture()
        let input = [UInt8](repeating: 0x61, count: 10 << 20)
        let result = try await ProgramRun.run(
            fixture.shell("cat; head -c 3000000 /dev/zero >&2", input: input))
        #expect(result.ending == .exited(0))
        #expect(result.output == input)
        #expect(result.errors.count == 3_000_000)
    }

    @Test func `a program that does not read its input is no error`() async throws {
        let fixture = try WorkerFixture()
        let input = [UInt8](repeating: 0x61, count: 1 << 20)
        let result = try await ProgramRun.run(fixture.shell("exit 0", input: input))
        #expect(result.ending == .exited(0))
    }

    @Test func `output over the limit is an error and the program is killed`() async throws {
        let fixture = try WorkerFixture()
        let command = fixture.shell("yes | tee copy")
        await #expect(throws: ProcessError.outputTooLarge(program: "/bin/sh", limit: 100_000)) {
            try await ProgramRun.run(command, limit: 100_000)
        }
        #expect(await eventually { fixture.marked.isEmpty })
        let exact = try await ProgramRun.run(fixture.shell("head -c 1000 /dev/zero"), limit: 1000)
        #expect(exact.output.count == 1000)
    }

    @Test func `a time-out ends the whole group`() async throws {
        let fixture = try WorkerFixture()
        let result = try await ProgramRun.run(
            fixture.shell(
                "trap '' INT; echo before; \(Shell.forever) | \(Shell.forever)",
                timeout: .milliseconds(100)))
        #expect(result.ending == .timedOut)
        #expect(result.text == "before\n")
        #expect(await eventually { fixture.marked.isEmpty })
    }

    @Test func `cancellation ends the whole group`() async throws {
        let fixture = try WorkerFixture()
        let command = fixture.shell("echo > ready; \(Shell.forever) | \(Shell.forever)")
        let task = Task { try await ProgramRun.run(command) }
        #expect(await eventually { fixture.exists("ready") })
        task.cancel()
        #expect(try await task.value.ending == .stopped)
        #expect(await eventually { fixture.marked.isEmpty })
    }

    @Test func `a cancelled task starts nothing`() async throws {
        let fixture = try WorkerFixture()
        let command = fixture.shell("echo > ready")
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await ProgramRun.run(command)
        }
        task.cancel()
        #expect(try await task.value.ending == .stopped)
        #expect(!fixture.exists("ready"))
    }

    @Test func `what is left behind with the output open does not hold the result`() async throws {
        let fixture = try WorkerFixture()
        let result = try await ProgramRun.run(fixture.shell("\(Shell.forever) & echo done"))
        #expect(result.ending == .exited(0))
        #expect(result.text == "done\n")
        #expect(!fixture.marked.isEmpty)
        await ProcessTable.end(fixture.marked, grace: .zero)
    }

    @Test func `no descriptor, ignored signal, mask or session of ours is inherited`() async throws
    {
        let fixture = try WorkerFixture()
        let file = open("/etc/passwd", O_RDONLY)  // inheritable on purpose
        defer { close(file) }
        let result = try await ProgramRun.run(
            fixture.shell(inheritedText + "; cut -d' ' -f6 /proc/$$/stat; echo $$"))
        let lines = result.text.split(separator: "\n")
        #expect(isClean(lines.prefix(2)))
        #expect(lines.count == 4 && lines[2] == lines[3])
    }

    @Test func `200 programs, 20 at a time, all answer`() async throws {
        let fixture = try WorkerFixture()
        let command = { [shell = fixture.shell("")] (number: Int) in
            var command = shell
            command.arguments = ["/bin/echo", String(number)]
            return command
        }
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            var texts: Set<String> = []
            for number in 0..<200 {
                if number >= 20, let text = try await group.next() { texts.insert(text) }
                let command = command(number)
                group.addTask { try await ProgramRun.run(command).text }
            }
            for try await text in group { texts.insert(text) }
            return texts
        }
        #expect(texts == Set((0..<200).map { "\($0)\n" }))
    }
}
