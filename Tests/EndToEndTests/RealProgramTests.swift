import Agents
import Base
import ModelServer
import TestSupport
import Testing

/// Runs with the real programs, where they are installed, against a scripted model on loopback.
struct RealProgramTests {
    /// Whether a program is where every user of the machine has it, which is all that a trial sees.
    private static func isInstalled(_ program: String) -> Bool {
        ["/usr/local/bin", "/usr/bin"].contains { folder in
            AbsolutePath("\(folder)/\(program)").map {
                Files.kind(of: $0, followingLinks: true) == .file
            } ?? false
        }
    }

    private static let script = """
        rye:
          when: {prompt: "*rye*"}
          steps:
            - {text: "I look.", tool: Read, input: {file_path: "menu.txt"}}
            - {tool: Bash, input: {command: "sed -i s/bread/rye/ menu.txt && git commit -qam rye", description: x}}
            - {text: "It is rye now."}
        wheat:
          when: {prompt: "*wheat*"}
          steps:
            - {tool: exec_command, input: {cmd: "sed -i s/soup/wheat/ menu.txt"}}
            - {text: "It is wheat now."}
        """

    @Test(.enabled(if: isInstalled("claude"), "Claude Code is not installed here"))
    func `Claude Code works in a tree of its own`() throws {
        let trial = try Trial()
        let server = try ModelServer(try ModelScript(parsing: Array(Self.script.utf8)), port: 0)
        defer { server.stop() }
        let answer = try trial.treeguild(
            ["run", "--run-id", "r1", "--agent", "claude", "-t", "a=Make it rye.", "--json"],
            adding: [
                "ANTHROPIC_BASE_URL": "http://127.0.0.1:\(server.port)",
                "ANTHROPIC_API_KEY": "sk-secret-1",
            ])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let task = try RunDocument(answer).task("a")
        #expect(task["summary"] == "It is rye now." && task["usage"]?["turns"] == 3)
        #expect((task["usage"]?["cost_usd"]?.doubleValue ?? 0) > 0)
        #expect(try trial.repository.git("log", "-1", "--format=%s", "treeguild/r1/a") == "rye")
        #expect(try trial.markedProcesses() == [])
    }

    @Test(.enabled(if: isInstalled("codex"), "Codex is not installed here"))
    func `Codex works in a tree of its own`() throws {
        let trial = try Trial()
        let server = try ModelServer(try ModelScript(parsing: Array(Self.script.utf8)), port: 0)
        defer { server.stop() }
        try Files.makeFolder(trial.home.appending(".codex"))
        try Files.replace(
            trial.home.appending(".codex/config.toml"),
            with: """
                model = "mock-1"
                model_provider = "mock"
                check_for_update_on_startup = false
                [model_providers.mock]
                name = "mock"
                base_url = "http://127.0.0.1:\(server.port)/v1"
                env_key = "OPENAI_API_KEY"
                wire_api = "responses"
                [analytics]
                enabled = false
                [feedback]
                enabled = false

                """.utf8)
        let answer = try trial.treeguild(
            ["run", "--run-id", "r1", "--agent", "codex", "-t", "a=Make it wheat.", "--json"],
            adding: ["OPENAI_API_KEY": "sk-secret-1"])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try RunDocument(answer).task("a")["summary"] == "It is wheat now.")
        #expect(try trial.text("menu.txt", at: "treeguild/r1/a") == "wheat\nbread\ncheese\n")
    }
}
