import Base
import TestSupport
import Testing

/// Everything in a repository that is the user's: no run may change a byte of it.
struct UserState: Equatable {
    let status: String
    let references: String
    let head: String
    let reflog: String
    let stashes: String
    let config: [UInt8]
    let index: [UInt8]
    let hooks: [String]
    let files: String
    /// Names in `.git` beside what git or treeguild keeps for worktrees and objects.
    let gitFolder: [String]

    init(of trial: borrowing Trial) throws {
        let repository = trial.repository.path
        func git(_ words: String...) throws -> String {
            try Shell.run(
                ["git", "--no-optional-locks"] + words, in: repository,
                environment: trial.repository.environment
            ).text
        }
        let gitFolder = repository.appending(".git")
        config = try Files.read(gitFolder.appending("config"))
        index = try Files.read(gitFolder.appending("index"))
        hooks = try Files.list(gitFolder.appending("hooks"))
        self.gitFolder = try Files.list(gitFolder).filter {
            !["treeguild", "worktrees", "logs", "ORIG_HEAD"].contains($0)
        }.sorted()
        status = try git("status", "--porcelain=v2", "--branch", "--ignored")
        references = try git("for-each-ref", "--format=%(refname) %(objectname) %(symref)")
            .split(separator: "\n").filter { !$0.contains("treeguild/") }.joined(separator: "\n")
        head = String(decoding: try Files.read(gitFolder.appending("HEAD")), as: UTF8.self)
        reflog = try git("reflog", "show", "--all").split(separator: "\n")
            .filter { !$0.contains("treeguild/") }.joined(separator: "\n")
        stashes = try git("stash", "list")
        files = try Shell.run(
            [
                "sh", "-c",
                "find . -path ./.git -prune -o -print0 | sort -z | xargs -0 stat -c '%n %f %s %Y'",
            ], in: repository, environment: trial.repository.environment
        ).text
    }
}

extension Trial {
    /// Names of folders below the cache that are left of runs' trees: trees, not their trash.
    func leftTrees() throws -> [String] {
        let cache = outside.appending("cache/treeguild")
        guard Files.kind(of: cache) == .folder else { return [] }
        return try Shell.run(
            [
                "find", ".", "-mindepth", "3", "-maxdepth", "3", "-not", "-name", ".*",
                "-printf", "%f\n",
            ], in: cache, environment: environment
        ).text.split(separator: "\n").map(String.init).sorted()
    }

    /// Expects what holds after every run that has come to its end, whatever happened in it.
    func expectTidy(_ before: UserState, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(try UserState(of: self) == before, sourceLocation: location)
        let worktrees = try repository.git("worktree", "list", "--porcelain")
            .split(separator: "\n").filter { $0.hasPrefix("worktree ") }
        #expect(worktrees.count == 1, "\(worktrees)", sourceLocation: location)
        #expect(try leftTrees() == [], sourceLocation: location)
        let fsck = try repository.git(
            ["fsck", "--full", "--strict"], in: repository.path, allowingFailure: true)
        #expect(fsck.status == 0, "\(fsck.text)", sourceLocation: location)
        #expect(
            !fsck.text.split(separator: "\n").contains { !$0.hasPrefix("dangling") },
            "\(fsck.text)", sourceLocation: location)
    }
}
