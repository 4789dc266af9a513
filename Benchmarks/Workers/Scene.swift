import Base
import Glibc
import TestSupport

extension WorkersBench {
    /// A repository, a server on loopback and settings that name it.
    final class Scene {
        private let repository: ScratchRepository
        private let program: AbsolutePath
        private let server: pid_t
        let url: String
        /// Requests that the server was sent, where it keeps them.
        let log: AbsolutePath
        private let environment: [String: String]
        private var runs = 0

        init(program: AbsolutePath, turns: Int, keepsRequests: Bool = false) throws {
            let repository = try ScratchRepository()
            for number in 0..<50 { try repository.write("f\(number).txt", "zero\nline\n") }
            try repository.commit()
            let outside = repository.outside
            let script = outside.appending("script.yaml")
            try Files.replace(script, with: Scene.script(turns: turns).utf8)
            let output = outside.appending("server.out")
            var environment = repository.environment
            environment["HOME"] = outside.description
            environment["XDG_CONFIG_HOME"] = outside.appending("config").description
            environment["XDG_CACHE_HOME"] = outside.appending("cache").description
            log = outside.appending("requests.jsonl")
            let keeping = keepsRequests ? ["--log", log.description] : []
            server = try ChildRun.start(
                [program.description, "model-server", script.description] + keeping, in: outside,
                environment: environment, output: output)
            url = try Scene.firstLine(of: output)
            let settings = outside.appending("config/treeguild")
            try Files.makeFolder(settings)
            try Files.replace(
                settings.appending("config.yaml"),
                with: """
                    model: local/scripted-1
                    providers: {local: {wire: anthropic, base_url: "\(url)", local: true}}

                    """.utf8)
            self.environment = environment
            self.program = program
            self.repository = repository
        }

        func end() {
            kill(server, SIGTERM)
            var status: Int32 = 0
            waitpid(server, &status, 0)
        }

        /// All workers at once, to the end of the run.
        func run(workers: Int, _ kind: String) throws -> ChildRun {
            runs += 1
            var words = [
                program.description, "run", "--quiet", "--run-id", "r\(runs)", "--jobs",
                "\(workers)",
            ]
            for number in 0..<workers {
                words += ["-t", "w\(number)=Work on f0.txt. SCRIPT=\(kind)"]
            }
            let run = try ChildRun(words, in: repository.path, environment: environment)
            // Workers of many turns leave one line changed in different ways: status 1, not 0.
            precondition([0, 1].contains(run.status), "the run ended with \(run.status)")
            return run
        }

        /// Claude Code on the same conversation; nil where it is not installed.
        func agentProgram() throws -> ChildRun? {
            // Where the user has it, which need not be where the other programs are.
            let path = getenv("PATH").map { String(cString: $0) } ?? ""
            let folders = path.split(separator: ":")
            let names: [String] = folders.map { "\($0)/claude" }
            let program = names.first { access($0, X_OK) == 0 }
            guard let program else { return nil }
            var environment = environment
            environment["ANTHROPIC_BASE_URL"] = url
            environment["ANTHROPIC_API_KEY"] = "none"
            environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1"
            return try ChildRun(
                [
                    program, "-p", "Work on f0.txt. SCRIPT=long", "--permission-mode",
                    "acceptEdits",
                ], in: repository.path, environment: environment)
        }

        /// The line that the server prints when it listens.
        private static func firstLine(of file: AbsolutePath) throws -> String {
            for _ in 0..<500 {
                // It is there a moment after the start.
                let text = (try? Files.read(file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
                _ = poll(nil, 0, 10)
            }
            throw FileError("wait for", file.description, code: ETIMEDOUT)
        }

        /// A worker that reads once and then edits the line to and fro; one that says a word.
        private static func script(turns: Int) -> String {
            var lines = ["long:", "  - {tool: Read, input: {file_path: f0.txt}}"]
            for number in 0..<(turns - 2) {
                let (old, new) = number % 2 == 0 ? ("zero", "one") : ("one", "zero")
                lines.append(
                    "  - {tool: Edit, input: {file_path: f0.txt, old_string: \(old), new_string: \(new)}}"
                )
            }
            lines += ["  - {text: Done.}", "short:", "  - {text: Done.}"]
            return lines.joined(separator: "\n") + "\n"
        }
    }
}
