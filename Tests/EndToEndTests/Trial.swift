import Base
import Glibc
import TestSupport
import Testing

/// A repository with a few commits and the built program, both cut off from the developer's settings.
struct Trial: ~Copyable {
    let repository: ScratchRepository
    let environment: [String: String]

    var outside: AbsolutePath { repository.outside }
    /// `$HOME` of the program and of workers, who leave here what is to be counted.
    var home: AbsolutePath { outside.appending("home") }

    init(_ files: [String: String] = Trial.files, startingWithCommit: Bool = true) throws {
        let repository = try ScratchRepository()
        let home = repository.outside.appending("home")
        try Files.makeFolder(home)
        try Files.replace(
            home.appending(".gitconfig"),
            with: "[user]\n\tname = Grace\n\temail = grace@example.com\n".utf8)
        var environment = repository.environment.filter { !$0.key.hasPrefix("GIT_") }
        environment["HOME"] = home.description
        environment["XDG_CACHE_HOME"] = repository.outside.appending("cache").description
        // Where workers leave what tests count.
        environment["TREEGUILD_SANDBOX"] = "{write: [\"\(home)\"]}"
        environment["XDG_CONFIG_HOME"] = home.appending("config").description
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            try repository.write(name, text)
        }
        if startingWithCommit { try repository.commit("start") }
        self.repository = repository
        self.environment = environment
    }

    /// What most tests start from.
    static let files = [
        "menu.txt": "soup\nbread\ncheese\n", "notes.txt": "one\ntwo\nthree\nfour\nfive\nsix\n",
        "src/app.sh": "echo app\n", ".gitignore": "*.secret\n",
    ]

    /// The program that the package builds, beside the test bundle.
    static let program: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let bytes = buffer[..<max(count, 0)].map(UInt8.init(bitPattern:))
        let runner = String(decoding: bytes, as: UTF8.self)
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? runner
        return (AbsolutePath(bundle) ?? AbsolutePath(runner))?.parent.appending("treeguild")
            .description ?? "treeguild"
    }()

    /// Runs the program to its end.
    func treeguild(
        _ words: [String], in folder: AbsolutePath? = nil, adding: [String: String] = [:]
    ) throws -> Answer {
        let id = UInt64.random(in: 0...UInt64.max)
        let errors = outside.appending("errors-\(id)")
        let result = try Shell.run(
            ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>'\(errors)'", Trial.program] + words,
            in: folder ?? repository.path, environment: environment.merging(adding) { $1 })
        let text = String(decoding: try Files.read(errors), as: UTF8.self)
        try Files.removeFile(errors)
        return Answer(status: result.status, output: result.text, errors: text)
    }

    /// Writes a plan outside the repository and runs it as run `r1`.
    func run(
        _ plan: String, _ words: [String] = [], id: String = "r1", adding: [String: String] = [:]
    ) throws -> Answer {
        try treeguild(
            ["run", try self.plan(plan), "--run-id", id, "--json"] + words, adding: adding)
    }

    func resume(_ id: String = "r1", adding: [String: String] = [:]) throws -> Answer {
        try treeguild(["resume", id, "--json"], adding: adding)
    }

    /// Path of a plan outside the repository that holds the text.
    func plan(_ text: String) throws -> String {
        let file = outside.appending(
            "plan-\(Digest.sha256(Array(text.utf8)).prefix(4).hexadecimal).yaml")
        try Files.replace(file, with: text.utf8)
        return file.description
    }

    /// Text of a file at a commit; nil when there is none.
    func text(_ path: String, at revision: String) throws -> String? {
        let result = try repository.git(
            ["cat-file", "blob", "\(revision):\(path)"], in: repository.path,
            allowingFailure: true)
        return result.status == 0 ? result.text : nil
    }

    /// Lines that workers appended to a file in `$HOME`, sorted.
    func lines(_ name: String) throws -> [String] {
        let file = home.appending(name)
        guard Files.kind(of: file) != nil else { return [] }
        return String(decoding: try Files.read(file), as: UTF8.self)
            .split(separator: "\n").map(String.init).sorted()
    }
}

/// What the program said.
struct Answer: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The document on standard output.
    var json: JSON {
        get throws { try JSON(parsing: Array(output.utf8)) }
    }
}

/// A document was expected, and the program said this instead.
struct NoDocument: Error {
    let answer: Answer
}

/// A `treeguild.run/1` document.
struct RunDocument {
    let json: JSON

    init(_ answer: Answer) throws {
        guard let json = try? answer.json else {
            throw NoDocument(answer: answer)
        }
        self.json = json
    }

    var status: String { json["status"]?.stringValue ?? "" }

    func task(_ id: String) -> JSON {
        json["tasks"]?.arrayValue?.first { $0["id"]?.stringValue == id } ?? [:]
    }

    /// `completed changed`, `failed exit`, `skipped skipped`.
    func end(_ id: String) -> String {
        let task = task(id)
        let more = task["outcome"]?.stringValue ?? task["error"]?["code"]?.stringValue ?? ""
        return "\(task["status"]?.stringValue ?? "") \(more)"
    }

    var ends: [String: String] {
        let ids = (json["tasks"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
        return Dictionary(ids.map { ($0, end($0)) }) { first, _ in first }
    }

    var merge: JSON { json["merge"] ?? [:] }
    var included: [String] { (merge["included"]?.arrayValue ?? []).compactMap(\.stringValue) }
    /// Reason by task.
    var excluded: [String: String] {
        let pairs = (merge["excluded"]?.arrayValue ?? []).map {
            ($0["task"]?.stringValue ?? "", $0["reason"]?.stringValue ?? "")
        }
        return Dictionary(pairs) { first, _ in first }
    }
    var verdict: String { merge["verdict"]?.stringValue ?? "" }

    /// `removed`, `preserved` or `kept` by tree.
    var cleanup: [String: String] {
        let pairs = (json["cleanup"]?.arrayValue ?? []).map {
            ($0["task"]?.stringValue ?? "", $0["action"]?.stringValue ?? "")
        }
        return Dictionary(pairs) { first, _ in first }
    }

    func fate(_ name: String) -> JSON {
        json["cleanup"]?.arrayValue?.last { $0["task"]?.stringValue == name } ?? [:]
    }
}
