import Base
import CLibgit2
import Glibc
import TestSupport
import Testing

@testable import Git

/// What is proved by stat data: to git, and to us.
struct FileTimesTests {
    private func prepared() throws -> ScratchRepository {
        let scratch = try WorktreeInspectionTests.repository()
        try scratch.write("many/a", "aaaa\n")
        try scratch.write("many/b", "bbbb\n")
        try scratch.commit()
        return scratch
    }

    /// The files that git's status read in a tree: each goes through a filter that says so.
    private func filesRead(
        in tree: Worktree, _ scratch: borrowing ScratchRepository
    ) throws -> [String] {
        let log = scratch.outside.appending("read")
        try Files.replace(log, with: "".utf8)
        try scratch.write("../attributes", "* filter=seen\n")
        try scratch.git(
            [
                "-c", "core.attributesFile=\(scratch.outside.appending("attributes"))",
                "-c", "filter.seen.clean=echo %f >>\(log); cat", "status", "--porcelain",
            ], in: tree.path)
        return String(decoding: try Files.read(log), as: UTF8.self).split(separator: "\n")
            .map(String.init).sorted()
    }

    @Test func `git's first status reads no file of a new tree, nor of one used again`()
        async throws
    {
        let scratch = try prepared()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree("first"))
        #expect(try filesRead(in: tree, scratch) == [])
        utimensat(AT_FDCWD, tree.path.appending("many/a").description, nil, 0)
        #expect(try filesRead(in: tree, scratch) == ["many/a"])

        try scratch.shell("printf 'AAAA\\n' >many/a; echo new >new", in: tree.path)
        let retired = try await trees.retire(tree, reason: "test")
        let next = try scratch.tree("next")
        #expect(await trees.make(next, reusing: retired))
        #expect(try filesRead(in: next, scratch) == [])
    }

    @Test func `all files of a tree were modified in the same past second`() async throws {
        let scratch = try prepared()
        let tree = try await scratch.makeTree()
        let times = try scratch.shell(
            "find . -not -type d -not -name .git -printf '%T@\\n' | sort -u", in: tree.path)
        let index = scratch.path.appending(".git/worktrees/\(tree.name)/index")
        var status = stat()
        #expect(stat(index.description, &status) == 0)
        #expect(times.split(separator: ".").count == 2)
        #expect(Int(times.split(separator: ".")[0]).map { $0 < status.st_mtim.tv_sec } == true)
    }

    @Test func `a change that keeps size and time of modification is found`() async throws {
        let scratch = try prepared()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell("cp -p many/a many/b", in: tree.path)
        #expect(
            await trees.inspect(tree).findings
                == [.modified(PathList([RepositoryPath("many/b")]))])
    }

    @Test func `an index that lies about a file does not get that into the next tree`() async throws
    {
        let scratch = try prepared()
        let trees = try await scratch.maker()
        let first = try await trees.make(scratch.tree("first"))
        let honest = try ObjectID.of("aaaa\n", scratch), other = try ObjectID.of("evil\n", scratch)
        try scratch.shell(
            "printf 'evil\\n' >many/a; touch -d @1 many/a; git update-index many/a", in: first.path)
        let index = scratch.path.appending(".git/worktrees/first/index")
        var bytes = Array(try Files.read(index).dropLast(20))
        let place = try #require(bytes.firstRange(of: other))
        bytes.replaceSubrange(place, with: honest)
        try Files.replace(index, with: bytes + bytes.withUnsafeBytes { try SHA1.hash($0) })
        #expect(try scratch.git(in: first, "status", "--porcelain") == "")

        let retired = try await trees.retire(first, reason: "test")
        let next = try scratch.tree("next")
        #expect(await trees.make(next, reusing: retired))
        #expect(try Files.read(next.path.appending("many/a")) == Array("aaaa\n".utf8))
    }

    @Test func `a write through a memory map does not get into the next tree`() async throws {
        let scratch = try prepared()
        let trees = try await scratch.maker()
        let first = try await trees.make(scratch.tree("first"))
        let name = first.path.appending("many/a").description
        let file = open(name, O_RDWR)
        let map = try #require(mmap(nil, 5, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0))
        map.copyMemory(from: "evil", byteCount: 4)
        munmap(map, 5)
        close(file)
        #expect(try scratch.shell("cat many/a", in: first.path) == "evil")
        let retired = try await trees.retire(first, reason: "test")
        let next = try scratch.tree("next")
        #expect(await trees.make(next, reusing: retired))
        #expect(try Files.read(next.path.appending("many/a")) == Array("aaaa\n".utf8))
    }

    @Test func `stamps are found again by path, mode and object`() async throws {
        let scratch = try prepared()
        let repository = try Repository(at: scratch.path)
        func template() async throws -> IndexTemplate {
            let tree = try #require(ObjectID(try scratch.git("write-tree")))
            return try #require(await repository.indexTemplate(of: tree))
        }
        let before = try await template()
        let index = IndexFile(before)
        for (number, entry) in before.entries.enumerated() {
            var status = stat()
            status.st_ino = UInt(number + 1)
            index.take(status, for: entry)
        }
        let written = WrittenFiles(index, of: before, doubtful: [1])
        let names = before.entries.map { before.path(of: $0) }
        let changed = try #require(names.firstIndex(of: RepositoryPath("many/a")))
        try scratch.write("many/a", "changed\n")
        try scratch.write("a new one", "")
        try scratch.git("rm", "-q", "many/b")
        try scratch.commit()
        let after = try await template()
        let found = written.stamps(for: after)
        for (place, entry) in after.entries.enumerated() {
            let old = names.firstIndex(of: after.path(of: entry))
            let wanted = old.flatMap { $0 == changed || $0 == 1 ? nil : UInt32($0 + 1) }
            #expect(found[place]?.inode == wanted)
        }
        #expect(written.stamps(for: before).map { $0?.inode }[1] == nil)
        #expect(written.stamps(for: before).compactMap { $0 }.count == names.count - 1)
    }
}

extension ObjectID {
    /// The raw name that git gives to a text.
    fileprivate static func of(
        _ text: String, _ scratch: borrowing ScratchRepository
    ) throws -> [UInt8] {
        let name = try scratch.git("hash-object", "--stdin", input: Array(text.utf8))
        return withUnsafeBytes(of: try #require(ObjectID(name)).raw) { Array($0) }
    }
}
