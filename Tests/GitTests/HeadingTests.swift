import Base
import Git
import TestSupport
import Testing

/// Headings against those that `git diff -U0` shows.
struct HeadingTests {
    /// Drivers whose rules are the same in all versions of git that are in use.
    static let drivers = [
        "ada", "bibtex", "cpp", "css", "dts", "elixir", "fortran", "fountain", "golang", "html",
        "kotlin", "markdown", "matlab", "objc", "pascal", "perl", "php", "python", "ruby",
        "rust", "tex",
    ]

    @Test(arguments: drivers)
    func `a built-in driver finds what git finds above every line`(driver: String) async throws {
        let difference = try await difference("f diff=\(driver)\n", HeadingLines.all)
        #expect(difference == [], "diff=\(driver)")
    }

    @Test(arguments: [
        ("bash", HeadingLines.bash), ("csharp", HeadingLines.csharp),
        ("java", HeadingLines.java), ("scheme", HeadingLines.scheme),
    ])
    func `a driver that git has changed agrees where its versions do`(
        driver: String, text: String
    ) async throws {
        #expect(try await difference("f diff=\(driver)\n", text) == [])
    }

    @Test(arguments: [
        "", "f diff\n", "f diff=unheard-of\n", "f -diff\n", "[attr]py diff=python\nf py\n",
    ])
    func `without a driver's pattern, and by a macro`(attributes: String) async throws {
        #expect(try await difference(attributes, HeadingLines.all) == [])
    }

    @Test(arguments: [
        ("f diff=own\n", "diff.own.xfuncname", "^(class|func) .*$"),
        ("f diff=own\n", "diff.own.xfuncname", "!^def [a-m]\n^[ \t]*(def .*):"),
        ("f diff=own\n", "diff.own.funcname", "^\\(class\\|package\\).*[a-z]"),
        ("f diff=python\n", "diff.python.xfuncname", "^struct.*$"),
        ("", "diff.default.xfuncname", "^[A-Z]+ .*"),
        ("f diff\n", "diff.default.xfuncname", "^[A-Z]+ .*"),
        ("f diff=unheard-of\n", "diff.default.xfuncname", "^[A-Z]+ .*"),
    ])
    func `patterns of the configuration`(
        attributes: String, key: String, pattern: String
    ) async throws {
        let difference = try await difference(attributes, HeadingLines.all, [(key, pattern)])
        #expect(difference == [], "\(key) \(pattern)")
    }

    @Test(arguments: [["xfuncname", "funcname"], ["funcname", "xfuncname"]])
    func `of two settings of one driver the later counts`(keys: [String]) async throws {
        let patterns = ["xfuncname": "^(class|func) .*$", "funcname": "^\\(def\\|struct\\).*"]
        let settings = keys.map { ("diff.own.\($0)", patterns[$0] ?? "") }
        #expect(try await difference("f diff=own\n", HeadingLines.all, settings) == [])
    }

    @Test(arguments: ["", "f diff=cpp\n", "f diff=python\n"])
    func `carriage returns, long lines, bytes that are no UTF-8 and a missing newline`(
        attributes: String
    ) async throws {
        let long = "def " + String(repeating: "abc ", count: 19) + "  \t  \u{e4}\u{f6} and more"
        let text = [
            HeadingLines.all.replacing("\n", with: "\r\n"), long, "x", "def end ", "  y", "\r",
            "def cr\r", " z", "$dollar \u{c}", "_under", "1", "", "2", "last",
        ].joined(separator: "\n")
        #expect(try await difference(attributes, text) == [])
    }

    @Test func `a setting that is no expression gives no headings`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write(".gitattributes", "f diff=own\n")
        try scratch.write("f", "one\ntwo\n")
        try scratch.git("config", "diff.own.xfuncname", "^(unclosed")
        let commit = try #require(ObjectID(try scratch.commit()))
        #expect(try await headings(scratch, commit, [1, 2]) == [nil, nil])
    }

    /// Lines at which our heading is not git's: where, git's, ours.
    private func difference(
        _ attributes: String, _ text: String, _ settings: [(String, String)] = []
    ) async throws -> [String] {
        let scratch = try ScratchRepository()
        for (key, value) in settings { try scratch.git("config", key, value) }
        try scratch.write(".gitattributes", attributes)
        try scratch.write("f", text)
        let commit = try #require(ObjectID(try scratch.commit()))
        let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
        var found: [String] = []
        var seen = 0
        for parity in 0...1 {
            let changed = lines.enumerated().map { index, line in
                index % 2 == parity ? Array("changed \(index)".utf8) : Array(line)
            }
            try Files.replace(
                scratch.path.appending("f"), with: Array(changed.joined(separator: [10])))
            let diff = try scratch.git("diff", "-U0", "--text", "f")
            let theirs = diff.split(separator: "\n").compactMap(Self.heading)
            seen += theirs.count
            let ours = try await headings(scratch, commit, theirs.map(\.line))
            for (their, our) in zip(theirs, ours) where their.text != our {
                found.append("\(their.line): \(their.text ?? "-") != \(our ?? "-")")
            }
        }
        #expect(seen >= lines.count - 2)
        return found
    }

    /// The base line (0-based) of a hunk's header, and what stands after it.
    private static func heading(_ header: Substring) -> (line: Int, text: String?)? {
        guard header.hasPrefix("@@ -") else { return nil }
        let words = header.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        let range = words[1].dropFirst().split(separator: ",").compactMap { Int($0) }
        guard let start = range.first else { return nil }
        let line = range.count > 1 && range[1] == 0 ? start : start - 1
        return (line, words.count > 4 ? String(words[4]) : nil)
    }

    private func headings(
        _ scratch: borrowing ScratchRepository, _ commit: ObjectID, _ lines: [Int]
    ) async throws -> [String?] {
        let repository = try Repository(at: scratch.path)
        let tree = try await repository.commit(commit).tree
        let item = try #require(try await repository.item(at: RepositoryPath("f"), in: tree))
        let question = HeadingQuestion(path: RepositoryPath("f"), blob: item.id, lines: lines)
        return try await repository.headings([question], at: commit)[0].map { $0?.text }
    }
}
