import Base
import Git
import TestSupport
import Testing

struct RepositoryTests {
    @Test func `changes between two trees are those that git lists`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/one.txt", "1\n")
        try scratch.write("a/two.txt", "2\n")
        try scratch.write("b.c", "b\n")
        try scratch.write("thing", "file\n")
        let first = try scratch.commit("first")
        try scratch.write("a/two.txt", "two\n")
        try scratch.write("b/c/d.txt", "deep\n")
        try Files.removeFile(scratch.path.appending("thing"))
        try scratch.write("thing/inside", "folder now\n")
        let second = try scratch.commit("second")

        let repository = try Repository(at: scratch.path)
        let old = try await repository.commit(try #require(ObjectID(first)))
        let new = try await repository.commit(try #require(ObjectID(second)))
        let changes = try await repository.changes(from: old.tree, to: new.tree)
        let ours = changes.map { change in
            let letter = change.old == nil ? "A" : change.new == nil ? "D" : "M"
            return "\(letter)\t\(change.path)"
        }
        let git = try scratch.git(
            "diff-tree", "-r", "--no-renames", "--name-status", first, second)
        #expect(ours.sorted() == git.split(separator: "\n").map(String.init).sorted())
    }

    @Test func `a second handle reads what the first one does, borrowed and added objects too`()
        async throws
    {
        let lender = try ScratchRepository()
        try lender.write("lent", "lent\n")
        let lent = try #require(ObjectID(try lender.commit("lent")))
        let scratch = try ScratchRepository()
        try scratch.write(
            ".git/objects/info/alternates", "\(lender.path.appending(".git/objects"))\n")
        let other = try ScratchRepository()
        try other.write("added", "added\n")
        let added = try #require(ObjectID(try other.commit("added")))
        try scratch.write("packed", "packed\n")
        let packed = try #require(ObjectID(try scratch.commit("packed")))
        try scratch.git("repack", "-adlq")
        try scratch.write("loose", "loose\n")
        let loose = try #require(ObjectID(try scratch.commit("loose")))

        let repository = try Repository(at: scratch.path)
        try await repository.addObjects(from: other.path.appending(".git/objects"))
        let twin = try await repository.twin().value
        let twins = [twin, try await twin.twin().value]
        for (id, file) in [
            (lent, "lent"), (added, "added"), (packed, "packed"), (loose, "loose"),
        ] {
            for twin in twins {
                let tree = try await twin.commit(id).tree
                let item = try #require(try await twin.item(at: RepositoryPath(file), in: tree))
                #expect(try await twin.blob(item.id) == Array("\(file)\n".utf8))
            }
        }
    }

    @Test func `trees and commits written are what git would write`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("foo.c", "x\n")
        try scratch.write("foo/bar", "y\n")
        try scratch.write("foo-x", "z\n")
        let id = try #require(ObjectID(try scratch.commit()))
        let repository = try Repository(at: scratch.path)
        let commit = try await repository.commit(id)
        let entries = try await repository.entries(of: commit.tree)
        #expect(try await repository.writeTree(entries.reversed()) == commit.tree)
        let child = try await repository.writeCommit(
            tree: commit.tree, parents: [id], author: Identity(name: "Ada <x>", email: "a@b\n"),
            time: Timestamp(milliseconds: 1_700_000_000_000), message: "child")
        try scratch.git("fsck", "--strict")
        #expect(
            try scratch.git("log", "-1", "--format=%an|%ae|%s|%P", "\(child)")
                == "Ada x|a@b|child|\(id)")
    }

    @Test func `a ref moves only from the value that the caller saw`() async throws {
        let scratch = try ScratchRepository()
        let first = try #require(ObjectID(try scratch.commit("1")))
        let second = try #require(ObjectID(try scratch.commit("2")))
        let repository = try Repository(at: scratch.path)
        let name = "refs/heads/topic"
        try await repository.createReference(name, at: first, reason: "test")
        await #expect(
            throws: GitError(
                .exists, "create ref", name,
                message:
                    "failed to write reference 'refs/heads/topic': a reference with that name already exists."
            )
        ) {
            try await repository.createReference(name, at: second, reason: "test")
        }
        await #expect(throws: GitError(.modified, "move ref", name)) {
            try await repository.moveReference(name, from: second, to: first, reason: "test")
        }
        try await repository.moveReference(name, from: first, to: second, reason: "test")
        #expect(try scratch.git("rev-parse", "topic") == "\(second)")
        await #expect(throws: GitError(.modified, "delete ref", name)) {
            try await repository.deleteReference(name, at: first)
        }
        try await repository.deleteReference(name, at: second)
        #expect(try await repository.target(of: name) == nil)
    }

    @Test func `merge bases: one, none, and two of a criss-cross`() async throws {
        let scratch = try ScratchRepository()
        let root = try #require(ObjectID(try scratch.commit("root")))
        try scratch.git("checkout", "-qb", "a")
        let a = try #require(ObjectID(try scratch.commit("a")))
        try scratch.git("checkout", "-qb", "b", "\(root)")
        let b = try #require(ObjectID(try scratch.commit("b")))
        let repository = try Repository(at: scratch.path)
        #expect(try await repository.mergeBases(a, b) == [root])
        try scratch.git("merge", "-q", "-m", "b+a", "\(a)")
        let ba = try #require(ObjectID(try scratch.git("rev-parse", "HEAD")))
        try scratch.git("checkout", "-q", "a")
        try scratch.git("merge", "-q", "-m", "a+b", "\(b)")
        let ab = try #require(ObjectID(try scratch.git("rev-parse", "HEAD")))
        #expect(Set(try await repository.mergeBases(ab, ba)) == [a, b])
        try scratch.git("checkout", "-q", "--orphan", "lone")
        let lone = try #require(ObjectID(try scratch.commit("lone")))
        #expect(try await repository.mergeBases(lone, a).isEmpty)
    }
}
