import Base
import Testing
import TestSupport

struct GlobTests {
    @Test(arguments: [
        ("src/net/**", "src/net/a.swift", true), ("src/net/**", "src/net/a/b", true),
        ("src/net/**", "src/net", false), ("src/net/**", "src/netx/a", false),
        ("src/net", "src/net", true), ("src/net", "src/net/a/b", true),
        ("src/net", "src/nets", false),
        ("src/net/", "src/net", false), ("src/net/", "src/net/a", true),
        ("*.txt", "a.txt", true), ("*.txt", "a/b.txt", false), ("*.txt", ".txt", true),
        ("*.d", "x.d/file", false), ("src/*/net", "src/a/net/x", true), ("src/*", "src/a/b", false),
        ("**/*.txt", "a.txt", true), ("**/*.txt", "a/b/c.txt", true), ("**", "a/b", true),
        ("**/", "a", true),
        ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "ab", false),
        ("a/**/b", "a/xb", false),
        ("a**b", "axxb", true), ("a**b", "a/b", false), ("***", "ab", true), ("***", "a/b", false),
        ("?", "é", true), ("??", "é", false), ("?", "/", false), ("a?b", "a/b", false),
        ("[a-c]", "b", true), ("[a-c]", "d", false), ("[!a-c]", "d", true), ("[^a-c]", "b", false),
        ("[]a]", "]", true), ("[a-]", "-", true), ("[!a]", "/", false), ("[\\]-_]", "^", true),
        ("[é-ü]", "ö", true),
        ("{a,b}/c", "b/c", true), ("{a,b}/c", "ab/c", false), ("x{,y}", "x", true),
        ("x{,y}", "xy", true),
        ("{a/b,c{d,e}}/f", "a/b/f", true), ("{a/b,c{d,e}}/f", "ce/f", true),
        ("{a/b,c{d,e}}/f", "c/f", false),
        ("{src,tests}/**/{a,b}.swift", "tests/x/y/b.swift", true), ("a,b", "a,b", true),
        ("{**/,}a", "x/y/a", true),
        ("\\*", "*", true), ("\\*", "a", false), ("a\\{b", "a{b", true), ("\\a", "a", true),
        (".env", ".env", true), ("config/*.local", "config/.local", true),
        ("a", "", false), ("**", "", false), ("a/*/b", "a//b", false), ("*", "a/", false),
        ("{a,a/b}", "a/b/c", true),
    ])
    func `a pattern matches exactly the paths it says`(pattern: String, path: String, isMatch: Bool)
        throws
    {
        #expect(try Glob(pattern).matches(RepositoryPath(path)) == isMatch)
    }

    @Test func `a byte outside UTF-8 is one character`() throws {
        let path = RepositoryPath(bytes: [0x61, 0xff, 0xc3, 0x62])
        #expect(try Glob("a??b").matches(path))
        #expect(try Glob("a*b").matches(path))
        #expect(try Glob("a[!x][!x]b").matches(path))
        #expect(try !Glob("a?b").matches(path))
    }

    @Test(
        arguments: [
            ("", 0, .empty), ("{,}", 0, .empty), ("/a", 0, .leadingSlash),
            ("{a,}/b", 4, .leadingSlash),
            ("a//b", 2, .emptyComponent), ("é//b", 2, .emptyComponent),
            ("a/{,x}/b", 6, .emptyComponent),
            ("./a", 0, .dotComponent), ("a/../b", 2, .dotComponent), ("[ab", 0, .unclosedClass),
            ("a[]", 1, .unclosedClass),
            ("a[/]", 1, .emptyClass), ("[z-a]", 1, .reversedRange), ("[[:alpha:]]", 1, .namedClass),
            ("a{b", 1, .unclosedBrace), ("{a,{b}", 0, .unclosedBrace), ("a}", 1, .unopenedBrace),
            ("a\\", 1, .trailingEscape),
            ("[\\", 1, .trailingEscape),
            (String(repeating: "a", count: 3000), 1024, .tooLong(limit: 1024)),
            (String(repeating: "{a,b}", count: 40), 35, .tooLong(limit: 1024)),
            (String(repeating: "{,}", count: 40) + "a", 30, .tooLong(limit: 1024)),
        ] as [(String, Int, GlobError.Reason)])
    func `what is no pattern says where and why`(
        pattern: String, offset: Int, reason: GlobError.Reason
    ) {
        let error = #expect(throws: GlobError.self) { try Glob(pattern) }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }

    /// git's pathspecs know `*`, `?`, classes and `**` with the same meaning; braces they don't.
    /// `a**` is left out: git cuts a literal start off first and then takes the rest for a component.
    @Test func `without braces a pattern means what it means to git`() throws {
        let repository = try ScratchRepository()
        let blob = try repository.git("hash-object", "-w", "--stdin")
        let folders = ["a/", "b/", "ab/", ".c/"]
        let places = [""] + folders + folders.flatMap { head in folders.map { head + $0 } }
        let paths = places.flatMap { place in ["x", "xa", "ax", ".x"].map { place + $0 } }
        let lines = paths.map { "100644 \(blob) 0\t\($0)\n" }.joined()
        try repository.git("update-index", "--index-info", input: Array(lines.utf8))

        var random = SeededRandom(seed: 7)
        let components = [
            "a", "b", "ab", "x", "*", "?", "a*", "*x", "[ab]*", "[!a]", "[a-b]", "**", "**", "?x",
            ".*", "??",
        ]
        for _ in 0..<150 {
            let parts = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in
                components.randomElement(using: &random)
            }
            let pattern = parts.joined(separator: "/")
            let isLiteral = parts.last?.allSatisfy(\.isLetter) == true
            let specifications =
                switch Int.random(in: 0..<3, using: &random) {
                case 0: (pattern + "/", [":(glob)\(pattern)/**"])
                default:
                    (pattern, [":(glob)\(pattern)"] + (isLiteral ? [":(glob)\(pattern)/**"] : []))
                }
            let glob = try Glob(specifications.0)
            let mine = paths.filter { glob.matches(RepositoryPath($0)) }.sorted()
            let git = try repository.git(
                ["ls-files", "--"] + specifications.1, in: repository.path)
            #expect(mine == git.text.split(separator: "\n").map(String.init).sorted(), "\(glob)")
        }
    }
}

struct GlobOverlapTests {
    @Test(arguments: [
        ("src/**", "src/net/a.swift", true), ("src/**", "tests/**", false), ("src", "src/a", true),
        ("src/", "src", true),
        ("*.swift", "a*", true), ("*.swift", "*.md", false), ("**/*.swift", "src/**", true),
        ("**/*.md", "**/*.swift", false),
        ("[ab]", "[bc]", true), ("[ab]", "[cd]", false), ("[!a]", "a", false),
        ("[!a]", "[!b]", true), ("?", "??", false),
        ("a/*", "a/*/*", false), ("a/**", "a/*/*", true), ("a/**/z", "a/z/**", true),
        ("{a,b}", "{c,b/x}", true),
        ("*a*b*", "*b*a*", true), ("src/net", "src/network", false), ("src/*/x", "src/y", true),
        ("a", "A", false),
        ("*/*", "?", false), ("\\*", "*", true), ("é?", "?ü", true), ("**/a/**", "b/**/c", true),
    ])
    func `two patterns overlap when a path exists that both match`(
        a: String, b: String, isOverlap: Bool
    ) throws {
        let (first, second) = (try Glob(a), try Glob(b))
        #expect(first.overlaps(second) == isOverlap)
        #expect(second.overlaps(first) == isOverlap)
    }

    /// Brute force: every path of up to six characters over a small alphabet.
    @Test func `the answer is that of trying every path`() throws {
        var paths: [String] = []
        var last = [""]
        for _ in 1...6 {
            last = last.flatMap { head in ["a", "b", "/"].map { head + $0 } }
            paths += last.filter { !$0.hasPrefix("/") && !$0.hasSuffix("/") && !$0.contains("//") }
        }
        var random = SeededRandom(seed: 11)
        let globs = try (0..<70).map { _ in try Glob(Self.pattern(using: &random)) }
        let matches = globs.map { glob in
            Set(paths.indices.filter { glob.matches(RepositoryPath(paths[$0])) })
        }
        var overlaps = 0
        for (i, a) in globs.enumerated() {
            for (j, b) in globs.enumerated() where i <= j {
                guard let common = a.commonPath(with: b) else {
                    #expect(matches[i].isDisjoint(with: matches[j]), "\(a) and \(b)")
                    continue
                }
                overlaps += 1
                #expect(a.matches(common) && b.matches(common), "\(a) and \(b): \(common)")
                let shortest = matches[i].intersection(matches[j]).map { paths[$0].utf8.count }
                    .min()
                if let shortest { #expect(common.bytes.count == shortest, "\(a) and \(b)") }
            }
        }
        #expect((200...2300).contains(overlaps), "the patterns must not be all alike")
    }

    @Test func `long patterns are answered too`() throws {
        let a = try Glob(String(repeating: "*a", count: 250))
        let b = try Glob(String(repeating: "*a", count: 250) + "b")
        #expect(!a.overlaps(b))
    }

    private static func pattern(using random: inout SeededRandom) -> String {
        let components = [
            "a", "b", "ab", "*", "?", "a*", "*b", "[ab]", "[!a]", "{a,b}", "{ab,*a}", "**", "??",
            "b?", "{a/b,b}",
        ]
        let parts = (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in
            components.randomElement(using: &random)
        }
        return parts.joined(separator: "/")
            + (Int.random(in: 0..<6, using: &random) == 0 ? "/" : "")
    }
}
