import Base
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Agents

struct PathAttackTests {
    /// Ways to name `outside/secret`, which lies beside the tree.
    @Test func `no spelling of a path leads out of the tree`() async throws {
        let bench = try ToolBench()
        let outside = bench.scratch.path.appending("outside")
        try Files.makeFolder(outside)
        try Files.replace(outside.appending("secret"), with: "s3cret".utf8)
        try bench.write("dir/file", "inside\n")
        func link(_ name: String, to target: String) {
            #expect(symlink(target, bench.tree.appending(name).description) == 0)
        }
        link("absolute", to: outside.description)
        link("relative", to: "../outside")
        link("file-link", to: "../outside/secret")
        link("dir/up", to: "../..")
        link("twice", to: "relative")
        link("proc", to: "/proc/self/root")
        link("dangling", to: "../outside/new")
        let names = [
            outside.appending("secret").description, "../outside/secret",
            "dir/../../outside/secret", "absolute/secret", "relative/secret", "file-link",
            "dir/up/outside/secret", "twice/secret", "proc\(outside)/secret", "/etc/passwd",
            "/proc/self/environ", "\(bench.tree)/../outside/secret", "\(bench.tree)x/a",
            "/proc/self/cwd/x", "dangling", "~/x/../../../../etc/passwd",
        ]
        for name in names {
            let read = await bench.call("Read", [("file_path", .string(name))])
            #expect(read.isError, "\(name): \(read.text)")
            #expect(!read.text.contains("s3cret"))
            let write = await bench.call(
                "Write", [("file_path", .string(name)), ("content", "owned")])
            #expect(write.isError, "\(name): \(write.text)")
            let found = await bench.call(
                "Grep",
                [("pattern", "s3cret"), ("path", .string(name)), ("output_mode", "content")])
            #expect(!found.text.contains("secret:"), "\(name): \(found.text)")
        }
        #expect(try Files.read(outside.appending("secret")) == Array("s3cret".utf8))
        #expect(try Files.list(outside) == ["secret"])
        let all = await bench.call("Grep", [("pattern", "s3cret")])
        #expect(all.text == "No files found")
        let list = await bench.call("Glob", [("pattern", "**/*")])
        #expect(list.text == bench.tree.appending("dir/file").description)
    }

    @Test func `links that stay inside are followed and written through`() async throws {
        let bench = try ToolBench()
        try bench.write("real/a.txt", "one\n")
        #expect(symlink("real", bench.tree.appending("link").description) == 0)
        let absolute = bench.tree.appending("real/a.txt").description
        #expect(symlink(absolute, bench.tree.appending("direct").description) == 0)
        _ = await bench.call("Read", [("file_path", "link/a.txt")])
        let result = await bench.call(
            "Edit", [("file_path", "direct"), ("old_string", "one"), ("new_string", "two")])
        #expect(!result.isError, "\(result.text)")
        #expect(try bench.text("real/a.txt") == "two\n")
        #expect(Files.kind(of: bench.tree.appending("direct")) == .link)
    }

    @Test func `a hard link is cut off, so that the other name keeps its content`() async throws {
        let bench = try ToolBench()
        let other = bench.scratch.path.appending("other")
        try Files.replace(other, with: "theirs\n".utf8)
        #expect(Glibc.link(other.description, bench.tree.appending("mine").description) == 0)
        _ = await bench.call("Read", [("file_path", "mine")])
        _ = await bench.call("Write", [("file_path", "mine"), ("content", "changed\n")])
        #expect(try bench.text("mine") == "changed\n")
        #expect(try Files.read(other) == Array("theirs\n".utf8))
    }

    @Test(arguments: 0..<2)
    func `a folder exchanged for a link while files are written leads nowhere`(
        _ seed: UInt64
    ) async throws {
        let bench = try ToolBench()
        let outside = bench.scratch.path.appending("outside")
        try Files.makeFolder(outside)
        try bench.write("d/keep", "")
        try Files.makeFolder(bench.tree.appending("spare"))
        let (here, aside) = (bench.tree.appending("d"), bench.tree.appending("aside"))
        let isDone = Flag()
        // A thread of its own: the race must go on while the tools' lane works.
        let thread = Thread {
            while !isDone.value {
                rename(here.description, aside.description)
                symlink(outside.description, here.description)
                unlink(here.description)
                rename(aside.description, here.description)
            }
            isDone.confirm()
        }
        thread.start()
        var random = SeededRandom(seed: seed)
        for number in 0..<60 {
            let name = "d/\(number % 7)-\(UInt8.random(in: 0...9, using: &random))"
            _ = await bench.call("Write", [("file_path", .string(name)), ("content", "x")])
        }
        isDone.set()
        while !isDone.isConfirmed { await Task.yield() }
        #expect(try Files.list(outside) == [])
    }

    @Test(arguments: [
        ".env", "sub/.env", ".env.production", "id_ed25519", "x/.ssh/config", ".git/config",
        ".git/hooks/pre-commit",
    ])
    func `secrets and git's own files are closed to every tool`(_ name: String) async throws {
        let bench = try ToolBench()
        try bench.write(name, "TOKEN=1\n")
        let isGit = name.hasPrefix(".git/")
        let read = await bench.call("Read", [("file_path", .string(name))])
        #expect(read.isError != isGit, "\(read.text)")
        let write = await bench.call("Write", [("file_path", .string(name)), ("content", "x")])
        #expect(write.isError)
        #expect(try bench.text(name) == "TOKEN=1\n")
        let found = await bench.call(
            "Grep", [("pattern", "TOKEN"), ("output_mode", "content")])
        #expect(found.text == "No matches found")
        // By another name too.
        #expect(symlink(name, bench.tree.appending("innocent").description) == 0)
        let linked = await bench.call("Read", [("file_path", "innocent")])
        #expect(linked.isError != isGit)
        let written = await bench.call("Write", [("file_path", "innocent"), ("content", "x")])
        #expect(written.isError)
    }

    @Test func `a template beside a secret can be read`() async throws {
        let bench = try ToolBench()
        try bench.write(".env.example", "TOKEN=\n")
        #expect(await bench.call("Read", [("file_path", ".env.example")]).isError == false)
    }
}

/// A signal between two threads.
private final class Flag: Sendable {
    private let state = Mutex((isSet: false, isConfirmed: false))
    var value: Bool { state.withLock { $0.isSet } }
    var isConfirmed: Bool { state.withLock { $0.isConfirmed } }
    func set() { state.withLock { $0.isSet = true } }
    func confirm() { state.withLock { $0.isConfirmed = true } }
}
