import Base
import TestSupport
import Testing

@testable import Git

/// Ignore files, with `git status` as the oracle.
struct IgnoreRulesTests {
    private static let names = [
        "a", "b", "ab", "a.o", "b.o", "A", "a b", "a ", "#a", "!a", "[a]", "-", "ä", "a\\", "x]y",
    ]

    private static let pieces = [
        "a", "b", "*", "**", "?", "/", "*.o", "[ab]", "[!a]", "[a-b]", "\\", "[[:alpha:]]",
        "[[:upper:]]b", "**/", "/**", "[", "]", " ", ".o", "#", "!", "A", "[]-]", "[^b-]",
    ]

    private func pattern(_ random: inout SeededRandom) -> String {
        let count = Int.random(in: 1...4, using: &random)
        let text = (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
        let ends = ["", "", "", "/", " ", "\\ ", "\r"].randomElement(using: &random) ?? ""
        return (Bool.random(using: &random) ? "!" : "") + text + ends
    }

    @Test(arguments: 0..<40)
    func `what is ignored is what git ignores`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let scratch = try ScratchRepository()
        try scratch.commit("start")
        try scratch.git("config", "core.ignoreCase", seed % 5 == 0 ? "true" : "false")
        let tree = try await scratch.makeTree()
        var folders = [""]
        for _ in 0..<6 {
            let above = try #require(folders.randomElement(using: &random))
            folders.append(above + (try #require(Self.names.randomElement(using: &random))) + "/")
        }
        func file(_ text: String) throws -> [UInt8] {
            Array((seed % 7 == 0 ? "\u{feff}" : "").utf8) + Array(text.utf8)
        }
        var written: [String] = []
        for folder in folders { try Files.makeFolder(tree.path.appending(folder)) }
        for folder in Set(folders).sorted() {
            for name in Self.names {
                let path = tree.path.appending(folder + name)
                if Files.kind(of: path) == nil { try Files.create(path, with: []) }
            }
            guard Bool.random(using: &random) else { continue }
            let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in pattern(&random) }
            written.append("\(folder): \(lines)")
            try Files.replace(
                tree.path.appending(folder + ".gitignore"),
                with: try file(lines.joined(separator: "\n")))
        }
        try Files.makeFolder(scratch.path.appending(".git/info"))
        try Files.replace(
            scratch.path.appending(".git/info/exclude"), with: (pattern(&random) + "\n").utf8)
        let excludes = scratch.outside.appending("excludes")
        try Files.replace(excludes, with: (pattern(&random) + "\n").utf8)
        try scratch.git("config", "core.excludesFile", excludes.description)

        let state = try await scratch.maker().state(of: tree, rules: TreeRules())
        let (found, wanted) = (GitStatus(state), try GitStatus(scratch, in: tree.path))
        let differing = found.ignored.symmetricDifference(wanted.ignored)
        #expect(differing == [], "seed \(seed): \(written)")
        #expect(found.untracked == wanted.untracked, "seed \(seed)")
    }
}
