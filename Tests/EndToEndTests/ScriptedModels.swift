import Agents
import Base
import ModelServer
import Synchronization
import TestSupport

/// A scripted model behind a real server on loopback, set up as the model of a trial's workers.
final class ScriptedModels: Sendable {
    private let server: ModelServer
    private let requests = Requests()

    /// - Parameter idle: seconds of silence that the workers bear.
    init(
        _ script: String, for trial: borrowing Trial, adding settings: String = "",
        idle: Double = 300, wire: ModelWire = .anthropic
    ) throws {
        let requests = requests
        server = try ModelServer(
            try ModelScript(parsing: Array(script.utf8)), port: 0
        ) { request in
            requests.bodies.withLock { $0.append(request.body) }
        }
        try trial.configure(
            """
            model: local/scripted-1
            providers:
              local:
                {wire: \(wire), base_url: "http://127.0.0.1:\(server.port)\(wire == .anthropic ? "" : "/v1")",
                local: true, idle: \(idle)}
            \(settings)

            """)
    }

    func stop() { server.stop() }

    /// Puts a price of one dollar for a million tokens on the model, and makes it one that costs.
    func price(_ trial: borrowing Trial) throws {
        try trial.configure(
            """
            model: paid/scripted-1
            providers: {paid: {wire: anthropic, base_url: "http://127.0.0.1:\(server.port)"}}

            """)
        try trial.configure(
            "models: {scripted-1: {input: 1, output: 1}}\n", file: "prices.yaml")
    }

    /// Names of the tools that the first request offered.
    var tools: [String] {
        requests.bodies.withLock { $0.first?["tools"]?.arrayValue ?? [] }
            .compactMap { $0["name"]?.stringValue }
    }

    private final class Requests: Sendable {
        let bodies = Mutex<[JSON]>([])
    }

    /// Steps of two workers that change one line, and of the verifier that keeps both.
    static let collision = """
        verify:
          when: {system: "*You verify work that others have done*"}
          steps:
            - {tool: Read, input: {file_path: menu.txt}}
            - {tool: Write, input: {file_path: menu.txt, content: "soup\\nrye\\nwheat\\ncheese\\n"}}
            - {text: "Both kinds of bread are on the menu."}
        left:
          when: {prompt: "*Make it rye*"}
          steps:
            - {thinking: "First I look.", text: "I read it.", tool: Read, input: {file_path: menu.txt}}
            - {tool: Edit, input: {file_path: menu.txt, old_string: bread, new_string: rye}}
            - {tool: Bash, input: {command: "git commit -qam rye"}}
            - {text: "It is rye now."}
        right:
          when: {prompt: "*Make it wheat*"}
          steps:
            - {tool: Read, input: {file_path: menu.txt}}
            - {tool: Edit, input: {file_path: menu.txt, old_string: bread, new_string: wheat}}
            - {text: "It is wheat now."}

        """
}

extension Trial {
    /// Replaces the user's settings, or another file beside them.
    func configure(_ text: String, file: String = "config.yaml") throws {
        let folder = home.appending("config/treeguild")
        try Files.makeFolder(folder)
        try Files.replace(folder.appending(file), with: text.utf8)
    }
}
