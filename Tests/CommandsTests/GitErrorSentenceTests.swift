import Base
import Git
import Merging
import TestSupport
import Testing

@testable import Commands

struct GitErrorSentenceTests {
    private static let codes: [(GitError.Code, String, ExitCode)] = [
        (.notFound, "open repository", .usage), (.notFound, "resolve revision", .usage),
        (.notFound, "read blob", .notDone), (.notFound, "read ref", .notDone),
        (.exists, "create ref", .refused), (.ambiguous, "resolve revision", .usage),
        (.locked, "create ref", .notDone), (.modified, "move ref", .refused),
        (.invalid, "resolve revision", .usage), (.invalid, "create ref", .usage),
        (.invalid, "read tree", .notDone), (.bare, "make worktree", .usage),
        (.unborn, "read", .usage), (.conflict, "restore", .refused),
        (.owner, "open repository", .refused), (.unsupported, "open repository", .usage),
        (.uncommitted, "restore", .refused), (.corrupt, "read tree", .notDone),
        (.readOnly, "write blob", .notDone), (.noSpace, "write blob", .notDone),
        (.other(-1), "read tree", .notDone),
    ]

    @Test(arguments: codes)
    func `every error of git has a sentence about its subject`(
        code: GitError.Code, operation: String, exit: ExitCode
    ) {
        let words = GitError(code, operation, "the-subject", message: "said").commandError
        #expect(words.exit == exit)
        #expect(!words.message.contains("\n") && words.message.first?.isLowercase != nil)
        #expect(words.code.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
        if !["no_repository", "no_commits"].contains(words.code) {
            #expect(words.message.contains("the-subject"))
        }
    }

    @Test func `a format that is not supported is named`() async throws {
        let scratch = try Scratch()
        let environment = Shell.environment(home: scratch.path)
        _ = try Shell.run(
            ["git", "init", "-q", "--object-format=sha256", "."], in: scratch.path,
            environment: environment)
        let captured = await Captured.run(["overlap", "main"], in: scratch.path)
        #expect(captured.code == .usage, "\(captured.talk)")
        #expect(captured.talk.contains("SHA-256"), "\(captured.talk)")
    }

    @Test func `a damaged object is named, with what to do`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("f", "1\n")
        let base = try scratch.commit("base")
        try scratch.git("checkout", "-q", "-b", "topic")
        try scratch.write("f", "2\n")
        try scratch.commit("topic")
        try scratch.git("branch", "other", base)
        let blob = try scratch.git("rev-parse", "topic:f")
        let file = scratch.path.appending(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        try Files.removeFile(file)
        let missing = await Captured.run(
            ["overlap", "topic", "other"], in: scratch.path, home: scratch.outside)
        #expect(missing.code == .notDone)
        #expect(missing.talk.contains(blob) && missing.talk.contains("git fsck"), "\(missing.talk)")
        try Files.create(file, with: Array("no zlib".utf8))
        let damaged = await Captured.run(
            ["overlap", "topic", "other"], in: scratch.path, home: scratch.outside)
        #expect(damaged.code == .notDone)
        #expect(damaged.talk.contains(blob) && damaged.talk.contains("git fsck"), "\(damaged.talk)")
    }

    @Test func `what git said goes below the sentence`() {
        let error = MergeError.programFailed(
            arguments: ["git", "merge-tree", "--stdin"], message: "fatal: a\nb\n")
        #expect(error.commandError.message == "git merge-tree failed")
        #expect(error.commandError.details == ["fatal: a", "b"])
    }
}
