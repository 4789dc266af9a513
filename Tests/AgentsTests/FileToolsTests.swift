import Base
import Glibc
import TestSupport
import Testing

@testable import Agents

struct FileToolsTests {
    @Test func `reading numbers the lines and says what is left`() async throws {
        let bench = try ToolBench()
        try bench.write("a.txt", (1...2500).map { "line \($0)\n" }.joined())
        let first = await bench.call("Read", [("file_path", "a.txt")])
        #expect(first.text.hasPrefix("     1\tline 1\n     2\tline 2\n"))
        #expect(
            first.text.contains("[PARTIAL: lines 1 to 2000 of 2500. Read on with offset 2001.]"))
        let rest = await bench.call("Read", [("file_path", "a.txt"), ("offset", 2499)])
        #expect(rest.text == "  2499\tline 2499\n  2500\tline 2500\n")
        let beyond = await bench.call("Read", [("file_path", "a.txt"), ("offset", 2501)])
        #expect(beyond.isError && beyond.text.contains("has 2500 lines"))
    }

    @Test func `what was read and has not changed is not shown twice, until the history is cut`()
        async throws
    {
        let bench = try ToolBench()
        try bench.write("a.txt", "x\n")
        let path: [(String, JSON)] = [("file_path", "a.txt")]
        #expect(await bench.call("Read", path).text == "     1\tx\n")
        #expect(await bench.call("Read", path).text.contains("unchanged"))
        await bench.context.files.forgetRanges()
        #expect(await bench.call("Read", path).text == "     1\tx\n")
        try bench.write("a.txt", "y\n")
        #expect(await bench.call("Read", path).text == "     1\ty\n")
    }

    @Test func `folders, binary files, pipes and missing files are refused in words`() async throws
    {
        let bench = try ToolBench()
        try bench.write("b.bin", [0x7f, 0x45, 0, 1, 2])
        try bench.write("empty", "")
        mkfifo(bench.tree.appending("pipe").description, 0o600)
        let cases = [
            (".", "is a folder"), ("b.bin", "binary file of 5 bytes"), ("pipe", "no regular file"),
            ("none", "does not exist"), ("empty", "exists and is empty"),
        ]
        for (name, words) in cases {
            let result = await bench.call("Read", [("file_path", .string(name))])
            #expect(result.text.contains(words), "\(name): \(result.text)")
            #expect(result.isError == (name != "empty"))
        }
    }

    @Test func `images and documents come as such`() async throws {
        let bench = try ToolBench()
        try bench.write("a.png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1])
        try bench.write("a.pdf", Array("%PDF-1.7\n\0".utf8))
        let image = await bench.call("Read", [("file_path", "a.png")])
        #expect(image.content.last == .image(mediaType: "image/png", base64: "iVBORw0KGgoAAQ=="))
        let document = await bench.call("Read", [("file_path", "a.pdf")])
        #expect(
            document.content.last
                == .document(mediaType: "application/pdf", base64: "JVBERi0xLjcKAA=="))
    }

    @Test func `a file must be read before it is written or edited`() async throws {
        let bench = try ToolBench()
        try bench.write("a.txt", "one\n")
        let write: [(String, JSON)] = [("file_path", "a.txt"), ("content", "two\n")]
        let edit: [(String, JSON)] = [
            ("file_path", "a.txt"), ("old_string", "one"), ("new_string", "three"),
        ]
        #expect(await bench.call("Write", write).isError)
        #expect(await bench.call("Edit", edit).isError)
        #expect(try bench.text("a.txt") == "one\n")
        _ = await bench.call("Read", [("file_path", "a.txt")])
        #expect(await bench.call("Edit", edit).isError == false)
        #expect(try bench.text("a.txt") == "three\n")
        #expect(await bench.call("Write", write).isError == false)
        #expect(try bench.text("a.txt") == "two\n")
    }

    @Test func `a file that changed since is not overwritten, and edited only where it fits`()
        async throws
    {
        let bench = try ToolBench()
        try bench.write("a.txt", "one\ntwo\n")
        _ = await bench.call("Read", [("file_path", "a.txt")])
        try bench.write("a.txt", "one\nTWO\n")
        let write = await bench.call("Write", [("file_path", "a.txt"), ("content", "")])
        #expect(write.isError && write.text.contains("changed since"))
        let gone = await bench.call(
            "Edit", [("file_path", "a.txt"), ("old_string", "two"), ("new_string", "2")])
        #expect(gone.isError && gone.text.contains("changed since"))
        let fits = await bench.call(
            "Edit", [("file_path", "a.txt"), ("old_string", "one"), ("new_string", "1")])
        #expect(!fits.isError && fits.text.contains("changed on disk"))
        #expect(try bench.text("a.txt") == "1\nTWO\n")
    }

    @Test func `several edits are made all or none`() async throws {
        let bench = try ToolBench()
        try bench.write("a.txt", "a b c\n")
        _ = await bench.call("Read", [("file_path", "a.txt")])
        func edits(_ pairs: [(String, String)]) -> [(String, JSON)] {
            let list = pairs.map { old, new -> JSON in
                ["old_string": .string(old), "new_string": .string(new)]
            }
            return [("file_path", "a.txt"), ("edits", .array(list))]
        }
        let failed = await bench.call("MultiEdit", edits([("a", "x"), ("nothing", "y")]))
        #expect(failed.isError && failed.text.hasPrefix("Edit 2 of 2, none made"))
        #expect(try bench.text("a.txt") == "a b c\n")
        #expect(await bench.call("MultiEdit", edits([("a", "x"), ("x b", "y")])).isError == false)
        #expect(try bench.text("a.txt") == "y c\n")
    }

    @Test func `line ends, byte order mark and permissions stay`() async throws {
        let bench = try ToolBench()
        try bench.write("a.sh", [0xef, 0xbb, 0xbf] + Array("one\r\ntwo\r\nthree\r\n".utf8))
        chmod(bench.tree.appending("a.sh").description, 0o755)
        _ = await bench.call("Read", [("file_path", "a.sh")])
        let result = await bench.call(
            "Edit",
            [("file_path", "a.sh"), ("old_string", "one\ntwo"), ("new_string", "1\n2\n2b")])
        #expect(!result.isError, "\(result.text)")
        let bytes = try Files.read(bench.tree.appending("a.sh"))
        #expect(bytes == [0xef, 0xbb, 0xbf] + Array("1\r\n2\r\n2b\r\nthree\r\n".utf8))
        var status = stat()
        stat(bench.tree.appending("a.sh").description, &status)
        #expect(status.st_mode & 0o777 == 0o755)
    }

    @Test(arguments: 0..<200)
    func `an edit changes nothing but what it names, whatever the line ends are`(
        _ seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let ends = ["\n", "\r\n"]
        let isMixed = Bool.random(using: &random)
        let one = ends.randomElement(using: &random) ?? "\n"
        var text = ""
        for number in 0..<Int.random(in: 1...12, using: &random) {
            text += "line \(number)" + (isMixed ? ends.randomElement(using: &random) ?? "\n" : one)
        }
        let bytes = (Bool.random(using: &random) ? [0xef, 0xbb, 0xbf] : []) + Array(text.utf8)
        var file = try #require(TextFile(bytes))
        #expect(file.bytes == bytes)
        file.text = try TextEdit(old: "line 0", new: "LINE zero").applied(to: file.text)
        let expected = Array(String(decoding: bytes, as: UTF8.self).utf8)
        let place = try #require(TextEdit.places(of: Array("line 0".utf8), in: expected).first)
        let changed = expected[..<place] + Array("LINE zero".utf8) + expected[(place + 6)...]
        #expect(file.bytes == Array(changed))
    }

    @Test(arguments: [
        ("abc", "b", "x", false, "axc"), ("abab", "ab", "x", true, "xx"),
        ("aaa", "aa", "b", true, "ba"),
    ])
    func `replacements are exact`(
        _ text: String, _ old: String, _ new: String, _ all: Bool, _ expected: String
    ) throws {
        #expect(try TextEdit(old: old, new: new, replacesAll: all).applied(to: text) == expected)
    }

    @Test func `characters that look alike are not the same`() {
        #expect(throws: TextEdit.Failure.notFound) {
            _ = try TextEdit(old: "e\u{301}", new: "x").applied(to: "\u{e9}")
        }
        #expect(throws: TextEdit.Failure.ambiguous(2)) {
            _ = try TextEdit(old: "a", new: "b").applied(to: "a a")
        }
        #expect(throws: TextEdit.Failure.nothingToChange) {
            _ = try TextEdit(old: "a", new: "a").applied(to: "a")
        }
    }

    @Test func `a notebook's cell is changed and the rest kept as it is spelled`() async throws {
        let bench = try ToolBench()
        let text = """
            {
             "cells": [
              {
               "cell_type": "code",
               "execution_count": 3,
               "id": "abc",
               "metadata": {},
               "outputs": [
                1.50
               ],
               "source": [
                "x"
               ]
              }
             ],
             "metadata": {
              "z": 1e2,
              "a": 0
             },
             "nbformat": 4,
             "nbformat_minor": 5
            }

            """
        try bench.write("n.ipynb", text)
        _ = await bench.call("Read", [("file_path", "n.ipynb")])
        let result = await bench.call(
            "NotebookEdit",
            [("notebook_path", "n.ipynb"), ("cell_id", "abc"), ("new_source", "a\nb")])
        #expect(!result.isError, "\(result.text)")
        let after = try bench.text("n.ipynb")
        #expect(after.contains("\"z\": 1e2,\n  \"a\": 0"))
        #expect(after.contains("\"source\": [\n    \"a\\n\",\n    \"b\"\n   ]"))
        #expect(after.contains("\"outputs\": []"))
        let inserted = await bench.call(
            "NotebookEdit",
            [
                ("notebook_path", "n.ipynb"), ("cell_id", "cell-0"), ("new_source", "# T"),
                ("cell_type", "markdown"), ("edit_mode", "insert"),
            ])
        #expect(inserted.text == "Inserted a markdown cell as number 1.")
        let missing = await bench.call(
            "NotebookEdit", [("notebook_path", "n.ipynb"), ("cell_id", "q"), ("new_source", "")])
        #expect(missing.isError && missing.text.contains("2 cells"))
    }

    @Test func `an input that does not fit is answered with what was expected`() async throws {
        let bench = try ToolBench()
        let result = await bench.call("Edit", [("file_path", "a"), ("old", "b")])
        #expect(result.isError)
        #expect(result.text.contains("`old_string`: is required (string)"))
        #expect(result.text.contains("`old`: is unknown"))
        let gate = PermissionGate(
            policy: PermissionPolicy(
                bases: .init(tree: bench.tree, settings: bench.tree, home: nil)),
            asker: nil, worker: "w")
        let broken = await ToolCatalog.all.answer(
            ToolCall(id: "c1", name: "Read", arguments: "{\"file_path\""), in: bench.context,
            through: gate)
        #expect(broken.isError && broken.callID == "c1" && broken.text.contains("no JSON object"))
        let unknown = await bench.call("Rm", [])
        #expect(unknown.isError && unknown.text.contains("There is no tool Rm."))
    }

    @Test func `instructions of a folder come with the first file that is read there`() async throws
    {
        let bench = try ToolBench()
        try bench.write("sub/AGENTS.md", "Use tabs.\n@more.md\n")
        try bench.write("sub/more.md", "And spaces.")
        try bench.write("sub/deep/a.txt", "x\n")
        try bench.write("sub/deep/b.txt", "y\n")
        let first = await bench.call("Read", [("file_path", "sub/deep/a.txt")])
        #expect(first.text.contains("Use tabs.\nAnd spaces."))
        let second = await bench.call("Read", [("file_path", "sub/deep/b.txt")])
        #expect(second.text == "     1\ty\n")
    }
}
