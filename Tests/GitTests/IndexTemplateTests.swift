import Base
import TestSupport
import Testing

@testable import Git

struct IndexTemplateTests {
    /// The template of the tree that is staged, which is as git's own index of that tree.
    private func templateLikeGits(
        _ scratch: borrowing ScratchRepository, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> IndexTemplate {
        let tree = try scratch.git("write-tree")
        let id = try #require(ObjectID(tree))
        let repository = try Repository(at: scratch.path)
        let template = try #require(
            await repository.indexTemplate(of: id), sourceLocation: sourceLocation)
        let hash = try template.bytes.withUnsafeBytes { try SHA1.hash($0) }
        let path = scratch.outside.appending("index")
        try scratch.shell(
            "GIT_INDEX_FILE='\(path)' git -c index.version=2 -c index.threads=1 read-tree \(tree)",
            in: scratch.path)
        #expect(try template.bytes + hash == Files.read(path), sourceLocation: sourceLocation)
        return template
    }

    @Test func `an index is made of a tree byte for byte as git makes it`() async throws {
        let scratch = try ScratchRepository()
        for path in [
            "a.b/x", "a/b.c", "a/b/c/deep", "a/b-c", "a0", "long folder/z", "long/z", "z",
            "new\nline",
        ] { try scratch.write(path, path) }
        try scratch.shell("chmod +x z; ln -s z link; git add -A", in: scratch.path)
        try scratch.git(
            "update-index", "--add", "--cacheinfo",
            "160000,1234567890123456789012345678901234567890,a/module")
        // Longer than the index has bits for.
        let long = String(repeating: "long/", count: 900) + "name"
        let blob = try scratch.git("hash-object", "-w", "z")
        try scratch.git("update-index", "--add", "--cacheinfo", "100644,\(blob),\(long)")
        let special = try await templateLikeGits(scratch).entries.map(\.mode).filter { $0 != .file }
        #expect(special == [.submodule, .link, .executable])
    }

    @Test func `random trees are indexed as git indexes them`() async throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<20 {
            let scratch = try ScratchRepository()
            for _ in 0..<Int.random(in: 1..<60, using: &random) {
                let parts = (0..<Int.random(in: 1..<5, using: &random)).map { _ in
                    String(
                        (0..<Int.random(in: 1..<3, using: &random)).map { _ in
                            "ab-.0".randomElement(using: &random) ?? "a"
                        }) + "x"
                }
                // A folder may be in the way of a file, and the other way round.
                try? scratch.write(parts.joined(separator: "/"), parts.joined())
            }
            try scratch.git("add", "-A")
            _ = try await templateLikeGits(scratch)
        }
    }

    @Test(arguments: [
        // In the wrong order; an empty folder; a mode that nobody knows.
        "100644 b\\0%b100644 a\\0%b", "40000 empty\\0%e", "100644 a\\0%b140000 b\\0%b",
    ])
    func `what git would not have written so is left to git`(content: String) async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a", "text\n")
        try scratch.commit()
        func octal(_ id: String) throws -> String {
            try #require(ObjectID(id)).bytes.map { "\\0" + String($0, radix: 8) }.joined()
        }
        let blob = try octal(scratch.git("rev-parse", "HEAD:a"))
        let empty = try octal(scratch.git("hash-object", "-t", "tree", "-w", "/dev/null"))
        var text = content
        for (sign, id) in [("%b", blob), ("%e", empty)] {
            text = text.split(separator: sign, omittingEmptySubsequences: false)
                .joined(separator: id)
        }
        let tree = try scratch.shell(
            "printf '%b' '\(text)' | git hash-object -t tree -w --literally --stdin",
            in: scratch.path)
        let id = try #require(ObjectID(tree))
        let template = try await Repository(at: scratch.path).indexTemplate(of: id)
        #expect(template?.entries.count == nil)
    }
}
