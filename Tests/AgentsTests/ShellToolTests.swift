import Base
import Processes
import Synchronization
import TestSupport
import Testing

@testable import Agents

struct ShellToolTests {
    private func bash(_ bench: borrowing ToolBench, _ command: String) async -> ToolOutput {
        await bench.call("Bash", [("command", .string(command))])
    }

    @Test func `output and exit codes are told`() async throws {
        let bench = try ToolBench(withShell: true)
        #expect(await bash(bench, "echo a; echo b >&2").text == "a\nb")
        let failed = await bash(bench, "echo no; exit 3")
        #expect(failed.isError && failed.text == "Exit code 3\nno")
        #expect(await bash(bench, "true").text == "(no output)")
        let none = await bash(bench, "grep x /dev/null")
        #expect(!none.isError && none.text == "(no output)")
        #expect(await bash(bench, "printf '\\033[31mred\\033[0m\\n'").text == "red")
    }

    @Test func `the folder carries over, variables do not`() async throws {
        let bench = try ToolBench(withShell: true)
        try bench.write("sub/a", "")
        _ = await bash(bench, "cd sub && X=1; export X")
        #expect(await bash(bench, "pwd; echo [$X]").text == "\(bench.tree)/sub\n[]")
        _ = await bash(bench, "cd ..; exit 1")
        #expect(await bash(bench, "pwd").text == bench.tree.description)
        let outside = await bash(bench, "cd /")
        #expect(outside.text.contains("starts in \(bench.tree) again"))
        #expect(await bash(bench, "pwd").text == bench.tree.description)
    }

    @Test func `no secret of the environment is seen`() async throws {
        let environment = ShellEnvironment.make(from: [
            "PATH": "/bin", "ANTHROPIC_API_KEY": "k", "GITHUB_TOKEN": "t", "DB_PASSWORD": "p",
            "SSH_AUTH_SOCK": "s", "LANG": "C", "MONKEY": "m",
        ])
        #expect(environment["LANG"] == "C" && environment["MONKEY"] == "m")
        #expect(environment.values.allSatisfy { !["k", "t", "p", "s"].contains($0) })
        #expect(environment["PAGER"] == "cat")
    }

    @Test func `long output keeps head and tail, and the whole in a file`() async throws {
        let bench = try ToolBench(withShell: true)
        let result = await bash(bench, "echo first; seq 1 20000; echo last")
        #expect(result.text.hasPrefix("first\n1\n") && result.text.hasSuffix("\nlast"))
        #expect(result.text.utf8.count < 31_000)
        let log = try #require(result.text.split(separator: " ").first { $0.hasSuffix(".log") })
        let whole = await bench.call(
            "Read", [("file_path", .string(String(log))), ("offset", 20_002)])
        #expect(whole.text.contains("last"))
    }

    @Test func `what is slow goes on in the background, and can be read and ended`() async throws {
        let clock = HeldClock()
        let bench = try ToolBench(withShell: true, clock: clock)
        let fifo = bench.tree.appending("gate")
        // The command says that it runs and then waits for the gate, which the test opens.
        async let running = bench.context.shell?.run(
            "mkfifo gate; echo started; read line <gate; echo $line", timeout: .seconds(1),
            inBackground: false, mayMove: true)
        await clock.waitForSleeper()
        clock.advance()
        guard case .background(let id, _, true)? = await running else {
            Issue.record("it should have been moved")
            return
        }
        var news = ""
        while !news.contains("started") {
            news += await bench.call("BashOutput", [("bash_id", .string(id))]).text
            await Task.yield()
        }
        while Files.kind(of: fifo) == nil { await Task.yield() }
        let opened = try Shell.run(
            ["sh", "-c", "echo open >gate"], in: bench.tree,
            environment: Shell.environment(home: bench.tree))
        #expect(opened.status == 0)
        while !news.contains("ended with exit code 0") {
            news += await bench.call("BashOutput", [("bash_id", .string(id))]).text
            await Task.yield()
        }
        while !news.contains("open") {
            news += await bench.call("BashOutput", [("bash_id", .string(id))]).text
        }
        let again = await bench.call("KillShell", [("shell_id", .string(id))])
        #expect(again.isError)
    }

    @Test func `a command in the background is ended on demand and at the end`() async throws {
        let bench = try ToolBench(withShell: true)
        let shell = try #require(bench.context.shell)
        for _ in 0..<2 {
            let result = await bench.call(
                "Bash", [("command", .string(Shell.forever)), ("run_in_background", true)])
            #expect(result.structured?["backgroundTaskId"]?.stringValue != nil)
        }
        #expect(await shell.running.map(\.id) == ["shell-1", "shell-2"])
        #expect(
            await bench.call("KillShell", [("shell_id", "shell-1")]).text == "shell-1 was ended.")
        await shell.close()
        #expect(await shell.running.isEmpty)
        #expect(await bash(bench, "true").isError)
    }

    @Test func `what holds a lock or only waits is ended when its time is up`() async throws {
        let bench = try ToolBench(withShell: true)
        let result = await bench.call(
            "Bash", [("command", .string(Shell.forever)), ("timeout", 50)])
        #expect(result.isError && result.text.contains("was ended"))
    }

    @Test func `cancelling a call ends the command`() async throws {
        let bench = try ToolBench(withShell: true)
        let context = bench.context
        let call = Task {
            await BashTool().call(
                ["command": .string("touch begun; \(Shell.forever)")], in: context)
        }
        while Files.kind(of: bench.tree.appending("begun")) == nil { await Task.yield() }
        call.cancel()
        #expect(await call.value.text.contains("stopped"))
    }

    @Test func `a worker's list of things to do is what it said last`() async throws {
        let bench = try ToolBench()
        let todos: JSON = [
            ["content": "one", "status": "completed", "activeForm": "doing one"],
            ["content": "two", "status": "in_progress"],
        ]
        #expect(
            await bench.call("TodoWrite", [("todos", todos)]).text
                == "The list is kept: 1 done, 1 to do.")
        #expect(await bench.context.todos.text == "[x] one\n[>] two")
        let wrong = await bench.call(
            "TodoWrite", [("todos", [["content": "x", "status": "later"]])])
        #expect(wrong.isError && wrong.text.contains("todos[0].status"))
    }

    @Test func `a structured result is held against its schema`() async throws {
        let output = StructuredOutput(schema: [
            "type": "object", "required": ["verdict"],
            "properties": ["verdict": ["enum": ["works", "fails"]]],
        ])
        let bench = try ToolBench(output: output)
        let wrong = await bench.call("StructuredOutput", [("verdict", "maybe")])
        #expect(wrong.isError && wrong.text.contains("works"))
        #expect(await output.value == nil)
        _ = await bench.call("StructuredOutput", [("verdict", "works")])
        #expect(await output.value == ["verdict": "works"])
        let told = ToolCatalog.all.definitions(for: bench.context)
            .first { $0.name == "StructuredOutput" }
        #expect(told?.inputSchema == output.schema)
    }
}

/// A clock that stands still until it is told to go on; every sleep then ends.
private final class HeldClock: Clock, Sendable {
    typealias Instant = ContinuousClock.Instant
    private struct State {
        var sleepers: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
        var isOpen = false
    }

    private let state = Mutex(State())
    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        // Resumed by `advance`.
        await withCheckedContinuation { continuation in
            let watchers = state.withLock { state in
                if state.isOpen {
                    continuation.resume()
                } else {
                    state.sleepers.append(continuation)
                }
                defer { state.watchers = [] }
                return state.watchers
            }
            watchers.forEach { $0.resume() }
        }
    }

    func waitForSleeper() async {
        // Resumed by the first sleep.
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.isEmpty { state.watchers.append(continuation) }
                return !state.sleepers.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    func advance() {
        let sleepers = state.withLock { state in
            state.isOpen = true
            defer { state.sleepers = [] }
            return state.sleepers
        }
        sleepers.forEach { $0.resume() }
    }
}
