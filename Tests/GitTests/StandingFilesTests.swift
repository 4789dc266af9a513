import Base
import Glibc
import TestSupport
import Testing

@testable import Git

struct StandingFilesTests {
    /// What is found for the blob `text` at a path; nil when nothing is.
    private func found(
        _ text: String, at path: String, in files: inout StandingFiles
    ) throws -> [UInt8]? {
        let id = try Array(text.utf8).withUnsafeBytes { try SHA1().blob($0) }
        guard let content = files.content(id, at: path) else { return nil }
        defer { FileBytes.free(content) }
        return content.pointee.bytes.map { Array($0) }
    }

    @Test func `a file counts when its bytes are the blob's, and nothing else does`() throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/file", "text\n")
        try scratch.write("empty", "")
        try scratch.shell("mkfifo pipe; ln -s a/file link; truncate -s 5M large", in: scratch.path)
        guard var files = StandingFiles(at: scratch.path) else {
            Issue.record("the worktree cannot be opened")
            return
        }
        #expect(try found("text\n", at: "a/file", in: &files) == Array("text\n".utf8))
        #expect(try found("", at: "empty", in: &files) == [])
        for path in ["link", "pipe", "a", "missing", "empty", "a/file/below"] {
            #expect(try found("text\n", at: path, in: &files) == nil, "\(path)")
        }
        #expect(try found("test\n", at: "a/file", in: &files) == nil)
        let zeros = String(repeating: "\0", count: 5 << 20)
        #expect(try found(zeros, at: "large", in: &files) == nil)
        if StandingFiles(at: scratch.path.appending("missing")) != nil { Issue.record("missing") }
    }

    @Test func `a worktree that has other files is asked no more`() throws {
        let scratch = try ScratchRepository()
        try scratch.write("file", "text\n")
        guard var files = StandingFiles(at: scratch.path) else {
            Issue.record("the worktree cannot be opened")
            return
        }
        for _ in 0..<64 { #expect(try found("other\n", at: "file", in: &files) == nil) }
        #expect(try found("text\n", at: "file", in: &files) == nil)
    }

    @Test func `a tree has the base's content whatever lies in the worktree`() async throws {
        let scratch = try ScratchRepository()
        for name in ["same", "changed", "link", "gone", "folder"] {
            try scratch.write(name, "text of \(name)\n")
        }
        try scratch.commit()
        try scratch.shell(
            """
            printf 'TEXT of changed\\n' >changed; rm link gone folder; ln -s same link
            mkdir folder; mkfifo gone
            """, in: scratch.path)
        let tree = try await scratch.makeTree()
        for name in ["same", "changed", "link", "gone", "folder"] {
            #expect(
                try Files.read(tree.path.appending(name)) == Array("text of \(name)\n".utf8))
        }
        #expect(try scratch.git(in: tree, "status", "--porcelain") == "")
    }
}
