import Testing

@testable import Commands

struct ArgumentsTests {
    @Test func `options, clusters, values and words are told apart`() {
        var arguments = Arguments(["--long", "--key=a=b", "-qj4", "-", "word", "--", "--word"])
        #expect(arguments.next() == .long("long", attached: nil))
        #expect(arguments.next() == .long("key", attached: "a=b"))
        #expect(arguments.next() == .short("q"))
        #expect(arguments.next() == .short("j"))
        #expect(arguments.value() == "4")
        #expect(arguments.next() == .word("-"))
        #expect(arguments.next() == .word("word"))
        #expect(arguments.next() == .word("--word"))
        #expect(arguments.next() == nil)
    }

    @Test(arguments: [["-j", "4"], ["-j4"], ["-j=4"]])
    func `a short option's value stands in its word or the next`(words: [String]) {
        var arguments = Arguments(words)
        #expect(arguments.next() == .short("j"))
        #expect(arguments.value() == "4")
        #expect(arguments.next() == nil)
    }

    @Test func `a word that looks like an option is no value`() {
        var arguments = Arguments(["--base", "--jobs"])
        _ = arguments.next()
        #expect(arguments.value() == nil)
        #expect(arguments.next() == .long("jobs", attached: nil))
    }
}

struct ParsedArgumentsTests {
    @Test func `global options stand before and after the command`() throws {
        let before = try ParsedArguments(["-C", "x", "--json", "run", "plan.yaml"])
        let after = try ParsedArguments(["run", "plan.yaml", "--json", "-Cx"])
        for parsed in [before, after] {
            #expect(parsed.command?.name == "run")
            #expect(parsed.words == ["plan.yaml"])
            #expect(parsed.values == ["C": ["x"], "json": [""]])
        }
    }

    @Test func `repeatable options keep their order, -- ends options`() throws {
        let parsed = try ParsedArguments(
            ["run", "-t", "a=1", "--task=b=2=3", "--task", "c=--x", "-n", "--", "--plan"])
        #expect(parsed.values["task"] == ["a=1", "b=2=3", "c=--x"])
        #expect(parsed.has("dry-run"))
        #expect(parsed.words == ["--plan"])
    }

    @Test func `help makes what is missing no error`() throws {
        #expect(try ParsedArguments(["land", "--help"]).has("help"))
        #expect(try ParsedArguments(["show", "-h"]).command?.name == "show")
        #expect(try ParsedArguments(["--version"]).has("version"))
    }

    static let refused: [([String], ArgumentError)] = [
        ([], .missingCommand),
        (["--json"], .missingCommand),
        (["rnu"], .unknownCommand("rnu", nearest: "run")),
        (["overlpa"], .unknownCommand("overlpa", nearest: "overlap")),
        (["xyzzy"], .unknownCommand("xyzzy", nearest: nil)),
        (["manul"], .unknownCommand("manul", nearest: nil)),
        (["run", "--job", "3"], .unknownOption("--job", command: "run", nearest: "--jobs")),
        (["--jobs", "3", "run"], .unknownOption("--jobs", command: nil, nearest: nil)),
        (["run", "-z"], .unknownOption("-z", command: "run", nearest: nil)),
        (["run", "--C", "x"], .unknownOption("--C", command: "run", nearest: nil)),
        (["status", "--name"], .unknownOption("--name", command: "status", nearest: nil)),
        (["run", "--base"], .missingValue(option: "--base", name: "REV")),
        (["run", "--base", "--json"], .missingValue(option: "--base", name: "REV")),
        (["run", "-b"], .missingValue(option: "-b", name: "REV")),
        (["run", "--dry-run=yes"], .unexpectedValue(option: "--dry-run")),
        (["run", "--jobs=2", "-j", "3"], .repeatedOption("-j")),
        (["--json", "run", "--json"], .repeatedOption("--json")),
        (["land"], .missingOption("--onto BRANCH", command: "land")),
        (["show"], .missingArgument("RUN/TASK", command: "show")),
        (["merge"], .missingArgument("BRANCH", command: "merge")),
        (["run", "a", "b"], .surplusArgument("b", command: "run")),
        (["doctor", "now"], .surplusArgument("now", command: "doctor")),
        (["show", "r/t", "--log", "--diff"], .exclusiveOptions(["--diff", "--log"])),
        (["completion", "bash", "--json"], .noJSON(command: "completion")),
    ]

    @Test(arguments: refused)
    func `a bad command line is refused with its facts`(words: [String], error: ArgumentError) {
        #expect(throws: error) { try ParsedArguments(words) }
    }

    @Test(arguments: [
        ["run", "--jobs", "0"], ["run", "--jobs", "many"], ["run", "--jobs="],
        ["run", "--task", "text"], ["run", "--task", "=text"], ["run", "--task", "id="],
        ["run", "--budget", "nan"], ["run", "--budget=-1"], ["clean", "--older", "week"],
        ["log", "--since", "-1"], ["log", "--since=-1"], ["--color", "blue", "doctor"],
        ["completion", "tcsh"], ["land", "--onto", "main", "--strategy", "octopus"],
        ["config", "job"], ["run", ""], ["run", "--base="],
    ])
    func `a value that is no value of its kind is refused`(words: [String]) {
        #expect(throws: ArgumentError.self) { try ParsedArguments(words) }
    }

    @Test(arguments: CommandTable.all)
    func `a command's table is consistent`(command: CommandDefinition) {
        let options = command.options + GlobalOptions.all
        #expect(Set(options.map(\.name)).count == options.count)
        let shorts = options.compactMap(\.short)
        #expect(Set(shorts).count == shorts.count)
        #expect(!command.purpose.hasSuffix("."))
        #expect(command.exclusive.joined().allSatisfy { command.option(named: $0) != nil })
        #expect(command.positionals.dropLast().allSatisfy { !$0.isRepeated })
        #expect(
            command.options.compactMap(\.setting).allSatisfy { SettingKey.named($0) != nil })
    }

    @Test(arguments: CommandTable.all.flatMap(\.examples).map(\.line))
    func `every example of the help parses`(line: String) throws {
        // The quotes of the examples are simple: no shell is needed to take them apart.
        var words: [String] = []
        for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index % 2 == 1 {
                words[words.count - 1] += part
            } else {
                let pieces = part.split(separator: " ").map(String.init)
                words += pieces
            }
        }
        let command = words.prefix { $0 != ">" }
        #expect(command.first == "treeguild")
        let parsed = try ParsedArguments(Array(command.dropFirst()))
        #expect(parsed.command != nil)
    }
}

struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("run", "run", 0), ("rnu", "run", 1), ("kitten", "sitting", 3),
        ("abc", "", 3), ("ca", "ac", 1), ("stauts", "status", 1),
    ])
    func `the distance counts edits and swaps`(a: String, b: String, distance: Int) {
        #expect(Spelling.distance(a, b) == distance)
        #expect(Spelling.distance(b, a) == distance)
    }

    @Test func `a word that is far from all has no nearest`() {
        #expect(Spelling.nearest(to: "frobnicate", in: ["run", "status"]) == nil)
        #expect(Spelling.nearest(to: "compl", in: ["run", "completion"]) == "completion")
        #expect(Spelling.nearest(to: "x", in: []) == nil)
    }
}

struct QuantityTests {
    @Test(
        arguments: [
            ("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("1.5h", 5400),
            ("0", 0), ("", nil), ("m", nil), ("-1", nil), ("1w", nil), ("1 ", nil), ("1e3", nil),
            (".5h", nil), ("1h30m", nil),
        ] as [(String, Double?)])
    func `durations are read`(text: String, seconds: Double?) {
        #expect(Quantity.seconds(text) == seconds)
    }

    @Test(
        arguments: [
            ("4096", 4096), ("10MB", 10_000_000), ("10 MB", 10_000_000), ("10MiB", 10_485_760),
            ("1K", 1024), ("2G", 2_147_483_648), ("5B", 5), ("0.5K", 512), ("0.3B", nil),
            ("ten", nil), ("10mb", nil), ("", nil), ("99999999999G", nil),
        ] as [(String, Int?)])
    func `sizes are read`(text: String, bytes: Int?) {
        #expect(Quantity.bytes(text) == bytes)
    }
}
