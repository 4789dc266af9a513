import Base
import Git
import Merging
import TestSupport
import Testing

/// A repository with a branch `topic` that changes line 8 of `a`, adds `new/file` and deletes `gone`.
struct LandingScratch: ~Copyable {
    private let repository: ScratchRepository
    var path: AbsolutePath { repository.path }
    var outside: AbsolutePath { repository.outside }
    var environment: [String: String] { repository.environment }

    init() throws {
        let repository = try ScratchRepository()
        try repository.write("a", Self.lines())
        try repository.write("b", Self.lines())
        try repository.write("keep", "kept\n")
        try repository.write("gone", "gone\n")
        try repository.write(".gitignore", "*.tmp\nbuild/\n")
        try repository.commit("start")
        try repository.git("checkout", "-q", "-b", "topic")
        try repository.write("a", Self.lines(changing: 8))
        try repository.commit("change a")
        try repository.write("new/file", "new\n")
        try repository.git("rm", "-q", "gone")
        try repository.commit("add a file")
        try repository.git("checkout", "-q", "main")
        self.repository = repository
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try git(arguments, in: path).line
    }

    @discardableResult
    func git(_ arguments: [String], in folder: AbsolutePath) throws -> ShellResult {
        try repository.git(arguments, in: folder)
    }

    func write(_ name: String, _ text: String) throws { try repository.write(name, text) }

    @discardableResult
    func commit(_ message: String = "change") throws -> String { try repository.commit(message) }

    func sh(_ script: String) throws -> ShellResult {
        try Shell.run(["sh", "-e", "-c", script], in: path, environment: environment)
    }

    /// Ten lines, one of them different.
    static func lines(changing changed: Int = 0) -> String {
        (1...10).map { $0 == changed ? "changed \($0)\n" : "line \($0)\n" }.joined()
    }

    /// Puts a commit on main that changes line 2 of `a`.
    func moveMain() throws {
        try repository.write("a", Self.lines(changing: 2))
        try repository.commit("meanwhile")
    }

    func id(_ revision: String) throws -> ObjectID {
        try #require(ObjectID(try repository.git("rev-parse", revision)))
    }

    func landing() async throws -> Landing {
        let program = try #require(await GitProgram.find(in: repository.environment))
        return Landing(repository: try Repository(at: repository.path), program: program)
    }

    func land(
        _ strategy: Landing.Strategy = .merge, of revision: String = "topic",
        onto branch: String = "main", expected: ObjectID? = nil
    ) async throws -> Landing.Outcome {
        try await landing().land(
            Landing.Request(
                onto: branch, result: try id(revision), name: revision, strategy: strategy,
                backup: "run", expected: expected))
    }

    /// All that a refused landing must leave as it is.
    func snapshot() throws -> String {
        try [
            repository.git("for-each-ref", "--format=%(refname) %(objectname)"),
            repository.git("rev-parse", "HEAD"),
            repository.git("status", "--porcelain", "--ignored", "-uall"),
            repository.git("ls-files", "-s"),
            sh("find . -path ./.git -prune -o -type f -exec sha1sum {} + | sort").text,
        ].joined(separator: "\n")
    }
}

extension Landing.Outcome {
    /// The new commit; nil for every other outcome.
    var landed: ObjectID? { if case .landed(_, let new, _) = self { new } else { nil } }
}
