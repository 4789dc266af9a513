import Base
import TestSupport
import Testing

@testable import Git

/// Merges of trees in which files, folders and deletions stand for each other, one case each.
struct TreeMergeTests {
    private static let text = (1...12).map { "\($0)\n" }.joined()

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let base: [String: String]
        let ours: [String: String]
        let theirs: [String: String]

        var testDescription: String { name }

        init(
            _ name: String, base: [String: String] = ["k": "1"], ours: [String: String],
            theirs: [String: String]
        ) {
            self.name = name
            self.base = base
            self.ours = ours
            self.theirs = theirs
        }
    }

    private static let clean: [Case] = [
        .init(
            "additions side by side", ours: ["k": "1", "a/x": "1"], theirs: ["k": "1", "a/y": "1"]),
        .init(
            "both empty a folder", base: ["k": "1", "d/x": "1", "d/y": "1"],
            ours: ["k": "1", "d/x": "1"], theirs: ["k": "1", "d/y": "1"]),
        .init(
            "a folder gone on one side", base: ["k": "1", "d/x": "1", "d/e/y": "1"],
            ours: ["k": "2"], theirs: ["k": "1", "d/x": "1", "d/e/y": "1"]),
        .init(
            "a file becomes a folder", base: ["k": "1", "d": "1"], ours: ["k": "1", "d/x": "2"],
            theirs: ["k": "2", "d": "1"]),
        .init(
            "a folder becomes a file", base: ["k": "1", "d/x": "1"], ours: ["k": "1", "d": "2"],
            theirs: ["k": "2", "d/x": "1"]),
        .init(
            "one side removes a folder, the other puts a file there",
            base: ["k": "1", "d/x": "1"], ours: ["k": "1"], theirs: ["k": "1", "d": "2"]),
        .init(
            "lines of one file", base: ["f": text],
            ours: ["f": text.replacing("2\n", with: "two\n", maxReplacements: 1)],
            theirs: ["f": text + "13\n"]),
        .init(
            "a new file, empty on one side", ours: ["k": "1", "n": ""],
            theirs: ["k": "1", "n": "x\n"]),
        .init(
            "names that sort around a folder", base: ["a.c": "1", "a/x": "1", "a-b": "1"],
            ours: ["a.c": "2", "a/x": "1", "a-b": "1"],
            theirs: ["a.c": "1", "a/x": "1", "a-b": "1", "a/y": "1"]),
    ]

    @Test(arguments: clean)
    func `a clean merge is git's tree`(example: Case) async throws {
        let (merge, git, listing) = try await merges(example)
        #expect(git.isClean)
        #expect(merge.isClean, "\(merge.conflicts)")
        #expect(merge.tree == git.tree, "\(listing)")
    }

    private static let stopped: [(Case, ConflictKind)] = [
        (
            .init(
                "changed and deleted", base: ["k": "1", "a": "1"], ours: ["k": "2", "a": "1"],
                theirs: ["a": "1"]), .modifyDelete
        ),
        (.init("two contents", ours: ["k": "2"], theirs: ["k": "3"]), .overlap),
        (
            .init("two new files", ours: ["k": "1", "n": "x\n"], theirs: ["k": "1", "n": "y\n"]),
            .addAdd
        ),
        (
            .init(
                "a new file and a new folder", ours: ["k": "1", "n": "x"],
                theirs: ["k": "1", "n/y": "y"]),
            .fileDirectory
        ),
        (.init("binary", ours: ["k": "\u{0}2"], theirs: ["k": "\u{0}3"]), .binary),
        (
            .init(
                "insertions at one point", base: ["f": text], ours: ["f": text + "a\n"],
                theirs: ["f": text + "b\n"]), .insertInsert
        ),
    ]

    @Test(arguments: stopped)
    func `a merge that stops is one where git stops, and its tree can be read`(
        example: Case, kind: ConflictKind
    ) async throws {
        let (merge, git, _) = try await merges(example)
        #expect(!git.isClean)
        #expect(merge.conflicts.map(\.kind) == [kind])
        #expect(!merge.conflicts.contains { $0.placedAt.isEmpty })
    }

    private func merges(
        _ example: Case
    ) async throws -> (merge: TreeMerge, git: (isClean: Bool, tree: ObjectID), listing: String) {
        let scratch = try ScratchRepository()
        var ids: [ObjectID] = []
        for files in [example.base, example.ours, example.theirs] {
            if let base = ids.first { try scratch.git("checkout", "-q", "--detach", "\(base)") }
            try scratch.git("rm", "-q", "-r", "--ignore-unmatch", ".")
            for (path, text) in files { try scratch.write(path, text) }
            ids.append(try #require(ObjectID(try scratch.commit())))
        }
        let repository = try Repository(at: scratch.path)
        var trees: [ObjectID] = []
        for id in ids { trees.append(try await repository.commit(id).tree) }
        let merge = try await repository.mergeTrees(
            base: trees[0], ours: trees[1], theirs: trees[2],
            labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"))
        let listing = try scratch.git("ls-tree", "-r", "\(merge.tree)")
        try scratch.git("fsck", "--strict", "\(merge.tree)")
        let answer = try scratch.git(
            ["merge-tree", "--write-tree", "\(ids[1])", "\(ids[2])"], in: scratch.path,
            allowingFailure: true)
        let tree = try #require(ObjectID(answer.text.prefix(40)))
        return (merge, (answer.status == 0, tree), listing)
    }

    @Test func `the base of many is the commit that all descend from`() async throws {
        let scratch = try ScratchRepository()
        let root = try #require(ObjectID(try scratch.commit("root")))
        var heads: [ObjectID] = []
        for name in ["a", "b", "c"] {
            try scratch.git("checkout", "-q", "-b", name, name == "c" ? "b" : "\(root)")
            heads.append(try #require(ObjectID(try scratch.commit(name))))
        }
        let repository = try Repository(at: scratch.path)
        #expect(try await repository.commonBase(of: heads) == root)
        #expect(try await repository.commonBase(of: [heads[1], heads[2]]) == heads[1])
        #expect(try await repository.commonBase(of: [heads[0]]) == heads[0])
        #expect(try await repository.commonBase(of: []) == nil)
        try scratch.git("checkout", "-q", "--orphan", "lone")
        let lone = try #require(ObjectID(try scratch.commit("lone")))
        #expect(try await repository.commonBase(of: heads + [lone]) == nil)
    }
}
