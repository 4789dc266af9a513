import Base
import TestSupport
import Testing

@testable import Agents

/// git's own answer decides.
struct IgnoreTests {
    private static let words = [
        "a", "b", "ab", "a.b", "*.b", "a*", "*a*", "?", "a?", "[ab]", "[!a]", "[a-b]x", "**",
        "**/a",
        "a/**", "a/**/b", "**/a/b", "/a", "/a/", "a/", "!a", "!b/", "!/a/b", "*", "!*.b", "\\!a",
        "\\#a", "#a", "a ", "a\\ ", " a", "a/b", "a/*", "*/b", "a**b", "**a", "[]a]", "[^]]", "[a",
        "a\\", "[[:alpha:]]", "[[:digit:]a]", "a//b", "/", "//", "a/b/", "/**", "**/", "!**/",
        "[a-]b", "*[ab]", "b?/a", "/*", "!/*/", "/*/b",
    ]
    private static let names = [
        "a", "b", "ab", "a.b", "x", "ax", "!a", "#a", "a ", " a", "b.b", "1", "-b", "]", "a\\",
    ]

    @Test(arguments: 0..<25)
    func `files are ignored exactly where git ignores them`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let repository = try ScratchRepository()
        func pick(_ words: [String]) -> String { words.randomElement(using: &random) ?? "a" }
        for folder in ["", "a/", "b/", "a/b/"] where Bool.random(using: &random) || folder.isEmpty {
            let lines = (0..<Int.random(in: 1...6, using: &random)).map { _ in pick(Self.words) }
            try repository.write("\(folder).gitignore", lines.joined(separator: "\n") + "\n")
        }
        for _ in 0..<40 {
            let depth = Int.random(in: 1...4, using: &random)
            let path = (0..<depth).map { _ in pick(Self.names) }.joined(separator: "/")
            // A file may be in the way of a folder; then the path is left out.
            try? repository.write(path, "x")
        }
        let expected = try repository.git(
            ["ls-files", "-z", "--others", "--exclude-standard"], in: repository.path
        )
        .output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let place = try OpenPlace(.init(repository.path))
        let walk = FileWalk(place: place, denials: .none, honoursIgnores: true)
        let found = try walk.files(below: "").map(\.text)
        #expect(Set(found) == Set(expected))
        // Below a folder the same rules hold.
        if Files.kind(of: repository.path.appending("a")) == .folder {
            let inner = try walk.files(below: "a").map(\.text)
            let ignored = try repository.git(
                ["check-ignore", "-q", "a"], in: repository.path, allowingFailure: true)
            if ignored.status != 0 {
                #expect(Set(inner) == Set(expected.filter { $0.hasPrefix("a/") }))
            }
        }
    }

    @Test(arguments: [
        ("**/*.{ts,tsx}", "src/a/b.tsx", true), ("**/*.{ts,tsx}", "b.ts", true),
        ("*.ts", "src/b.ts", false), ("src/**/*.ts", "src/b.ts", true),
        ("src/**", "src/a/b", true), ("{a,b{c,d}}/x", "bd/x", true), ("{a,b}/x", "c/x", false),
        ("a{b", "a{b", true), ("**/test_*.py", "a/test_b.py", true), ("./a", "a", true),
    ])
    func `patterns of searches take braces`(_ glob: String, _ path: String, _ matches: Bool) {
        #expect(PathGlob(glob, isAnchored: true).matches(Array(path.utf8)[...]) == matches)
    }

    @Test func `a pattern made to be slow is not`() {
        let pattern = String(repeating: "*a", count: 25) + "b"
        let text = String(repeating: "a", count: 5000)
        #expect(!Wildmatch(Array(pattern.utf8)).matches(Array(text.utf8)))
    }
}
