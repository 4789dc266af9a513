import Base
import Git
import Merging
import Processes
import TestSupport
import Testing

/// What merges and may not fit, on real repositories.
struct OverlapRisksTests {
    private static let code = """
        import os


        def alpha(first):
            one = 1
            two = 2
            three = 3
            four = 4
            five = 5
            return first


        def beta(second):
            six = 6
            return alpha(second)


        def gamma(third):
            return third

        """

    /// The report of branches `a`, `b`, … that change files of one base.
    private func risks(
        _ base: [String: String], _ branches: [[String: String?]]
    ) async throws -> [String] {
        let report = try await report(base, branches)
        return (report.risks ?? []).map { risk in
            let names = risk.branches.map { report.branches[$0].name }.joined()
            return "\(risk.kind.rawValue) \(risk.paths[0]) \(names) \(risk.symbol ?? "-")"
        }
    }

    private func report(
        _ base: [String: String], _ branches: [[String: String?]]
    ) async throws -> OverlapReport {
        let scratch = try ScratchRepository()
        for (name, text) in base { try scratch.write(name, text) }
        let commit = try #require(ObjectID(try scratch.commit("base")))
        var heads: [(name: String, head: ObjectID)] = []
        for (index, files) in branches.enumerated() {
            let name = String("abcdef".dropFirst(index).prefix(1))
            try scratch.git("checkout", "-q", "--detach", "\(commit)")
            for (file, text) in files {
                if let text {
                    try scratch.write(file, text)
                } else {
                    try scratch.git("rm", "-q", file)
                }
            }
            heads.append((name, try #require(ObjectID(try scratch.commit(name)))))
        }
        let repository = try Repository(at: scratch.path)
        var trees: [ObjectID] = []
        for head in heads { trees.append(try await repository.commit(head.head).tree) }
        return try await OverlapReport.make(
            in: repository, base: commit, branches: heads, engine: nil
        ).addingRisks(
            from: repository, trees: trees, tags: TagProgram(environment: scratch.environment))
    }

    private func edited(_ changes: (String, String)...) -> [String: String?] {
        var text = Self.code
        for (old, new) in changes { text = text.replacing(old, with: new) }
        return ["m.py": text]
    }

    @Test func `one to three unchanged lines between two changes are near, four are not`()
        async throws
    {
        let lines = (1...12).map { "\($0)\n" }
        func changed(_ line: Int) -> [String: String?] {
            var copy = lines
            copy[line - 1] = "x\(line)\n"
            return ["f.txt": copy.joined()]
        }
        for (other, expected) in [
            (3, []), (4, ["near f.txt ab -"]), (5, ["near f.txt ab -"]), (6, ["near f.txt ab -"]),
            (7, []),
        ] {
            let found = try await risks(["f.txt": lines.joined()], [changed(2), changed(other)])
            #expect(found == expected, "lines 2 and \(other)")
        }
    }

    @Test func `distant lines of one function are told, those of two functions are not`()
        async throws
    {
        let (one, five) = (edited(("one = 1", "one = 11")), edited(("five = 5", "five = 55")))
        #expect(
            try await risks(["m.py": Self.code], [one, five])
                == ["near m.py ab def alpha(first):"])
        let far = edited(("return first", "return first + 1"))
        #expect(
            try await risks(["m.py": Self.code], [one, far])
                == ["same_symbol m.py ab def alpha(first):"])
        let other = edited(("return alpha(second)", "return 2"))
        #expect(try await risks(["m.py": Self.code], [one, other]) == [])
    }

    @Test func `a new function between two others belongs to none, and prose has no functions`()
        async throws
    {
        let new = edited(("def beta", "def delta():\n    pass\n\n\ndef beta"))
        let one = edited(("one = 1", "one = 11"))
        #expect(try await risks(["m.py": Self.code], [one, new]) == [])
        let prose = (1...20).map { "word \($0)\n" }
        var (first, last) = (prose, prose)
        first[1] = "other\n"
        last[18] = "another\n"
        #expect(
            try await risks(
                ["t.md": prose.joined()], [["t.md": first.joined()], ["t.md": last.joined()]]) == []
        )
    }

    @Test func `a definition that one changes and another begins to use`() async throws {
        let change = edited(("def gamma(third)", "def gamma(third, more)"))
        let use: [String: String?] = ["n.py": "from m import gamma\n\nprint(gamma(1))\n"]
        #expect(
            try await risks(["m.py": Self.code, "n.py": "pass\n"], [change, use])
                == ["definition_use m.py ab gamma"])
        let removal = edited(("def gamma(third):\n    return third\n", ""))
        let report = try await report(["m.py": Self.code, "n.py": "pass\n"], [removal, use])
        #expect(report.risks?.map(\.detail) == ["removed by one, used anew by another"])
        #expect(report.risks?.first?.paths.map(\.description) == ["m.py", "n.py"])
        #expect(report.pairs.isEmpty)
        let body = edited(("return third", "return third + 1"))
        #expect(try await risks(["m.py": Self.code, "n.py": "pass\n"], [body, use]) == [])
        let old: [String: String?] = ["n.py": "gamma(1)\nx = 2\n"]
        #expect(
            try await risks(["m.py": Self.code, "n.py": "gamma(1)\nx = 1\n"], [change, old]) == [])
    }

    @Test func `the same new line at different places is told once, a common one is not`()
        async throws
    {
        let one = edited(("one = 1", "cache_size = compute_default()\n    one = 1"))
        let two = edited(("return third", "cache_size = compute_default()\n    return third"))
        #expect(try await risks(["m.py": Self.code], [one, two]) == ["same_line m.py ab -"])
        let same = edited(("one = 1", "cache_size = compute_default()\n    one = 1"))
        #expect(try await risks(["m.py": Self.code], [one, same]) == [])
        let (short, other) = (
            edited(("one = 1", "else:\n    one = 1")),
            edited(("return third", "else:\n    return third"))
        )
        #expect(try await risks(["m.py": Self.code], [short, other]) == [])
    }

    @Test func `migrations with one number, lock files and schemas`() async throws {
        let base = [
            "app/migrations/0001_start.py": "x = 1\n", "yarn.lock": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
            "db/schema.rb": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
        ]
        let a: [String: String?] = [
            "app/migrations/0002_one.py": "a = 1\n", "yarn.lock": "x\n2\n3\n4\n5\n6\n7\n8\n9\n",
            "db/schema.rb": "x\n2\n3\n4\n5\n6\n7\n8\n9\n",
        ]
        let b: [String: String?] = [
            "app/migrations/0002_two.py": "b = 1\n", "yarn.lock": "1\n2\n3\n4\n5\n6\n7\n8\ny\n",
            "db/schema.rb": "1\n2\n3\n4\n5\n6\n7\n8\ny\n",
        ]
        #expect(
            try await risks(base, [a, b]) == [
                "migration app/migrations/0002_one.py ab 2", "lock_file yarn.lock ab -",
                "schema db/schema.rb ab -",
            ])
        let c: [String: String?] = ["app/migrations/0003_three.py": "c = 1\n"]
        #expect(try await risks(base, [a, c]) == [])
    }

    @Test func `beside a conflict in the same file no hint is given`() async throws {
        let a = edited(("one = 1", "one = 11"), ("return third", "return 3"))
        let b = edited(("one = 1", "one = 12"), ("def gamma", "# x\ndef gamma"))
        #expect(try await risks(["m.py": Self.code], [a, b]) == [])
        let c = edited(("three = 3", "three = 33"))
        #expect(
            try await risks(["m.py": Self.code], [a, b, c])
                == ["near m.py abc def alpha(first):"])
    }

    @Test func `risks change neither verdict nor order`() async throws {
        let report = try await report(
            ["m.py": Self.code],
            [edited(("one = 1", "one = 11")), edited(("return first", "return 0"))])
        #expect(report.risks?.count == 1)
        #expect(report.isClean)
        #expect(report.pairs.isEmpty)
        #expect(report.resolutions == 0)
    }

    @Test func `without the tag program definitions are not looked for`() async throws {
        let tags = TagProgram(environment: ["PATH": "/nonexistent"])
        let scratch = try ScratchRepository()
        try scratch.write("m.py", Self.code)
        let base = try #require(ObjectID(try scratch.commit()))
        let repository = try Repository(at: scratch.path)
        let tree = try await repository.commit(base).tree
        let report = try await OverlapReport.make(
            in: repository, base: base, branches: [("a", base)], engine: nil)
        #expect(
            try await report.addingRisks(from: repository, trees: [tree], tags: tags).risks == [])
    }
}
