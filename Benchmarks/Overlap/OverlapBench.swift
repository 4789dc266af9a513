import Base
import Git
import Merging
import Processes
import TestSupport

/// All pairs of N branches: git's best way against one report.
enum OverlapBench: Benchmark {
    static let name = "overlap"
    static let purpose =
        "all pairs of branches, with git merge-tree --stdin in two processes and with treeguild"

    /// Pairs of which git is asked at most; the time of all is scaled up from them.
    private static let sample = 5000

    static func run(_ arguments: [String]) async throws {
        let options = try OverlapOptions(arguments)
        if let place = options.alone { return try await report(alone: place, options) }
        var table = Table([
            "branches", "pairs", "git (ms)", "treeguild (ms)", "ratio", "git CPU (ms)",
            "treeguild CPU (ms)", "CPU ratio", "one moved (ms)", "peak RSS (MB)", "conflicts",
        ])
        for count in options.counts {
            let repository = try BranchesRepository(
                from: options.repository, branches: count, kind: .meeting, seed: options.seed)
            table.add(try await row(repository, options))
            print("measured \(count) branches", to: &StandardError.stream)
        }
        print("median of \(options.rounds) interleaved rounds, seed \(options.seed)")
        print("git's times for more than \(sample) pairs are scaled up from that many\n")
        print(table.text)
    }

    private static func row(
        _ made: borrowing BranchesRepository, _ options: OverlapOptions
    ) async throws -> [String] {
        let path = made.path
        let (base, branches, environment) = (made.base, made.branches, made.environment)
        let pairs = branches.indices.flatMap { a in
            branches.indices.dropFirst(a + 1).map { (a: a, b: $0) }
        }
        var random = SeededRandom(seed: options.seed)
        let asked =
            pairs.count > sample
            ? Array(pairs.shuffled(using: &random).prefix(sample)) : pairs
        let git = try require(await GitProgram.find(in: environment), "git is missing")
        var (theirs, ours, moved): ([Cost], [Cost], [Cost]) = ([], [], [])
        for _ in 0..<options.rounds {
            var report: OverlapReport?
            ours.append(
                try await Cost.of {
                    report = try await OurReport(path: path, git: git).make(base, branches)
                })
            // Second: the kernel frees what git's folders were made of while what comes next runs.
            var answers: [Bool] = []
            theirs.append(
                try await Cost.of {
                    answers = try await PairsByGit(path: path, environment: environment)
                        .merge(asked.map { (branches[$0.a], branches[$0.b]) })
                })
            try check(require(report), asked, answers)
            moved.append(try await OurReport(path: path, git: git).oneMoved(base, branches))
        }
        let scale = Double(pairs.count) / Double(asked.count)
        let (their, our) = (Cost.median(theirs), Cost.median(ours))
        let peak = try await peak(path, base, branches.count, environment)
        let report = try await OurReport(path: path, git: git).make(base, branches)
        return [
            "\(branches.count)", "\(pairs.count)", number(their.wall * scale * 1000),
            number(our.wall * 1000), number(their.wall * scale / our.wall),
            number(their.processor * scale * 1000), number(our.processor * 1000),
            number(their.processor * scale / our.processor), number(Cost.median(moved).wall * 1000),
            "\(peak)", "\(report.pairs.count { $0.verdict == .conflict })",
        ]
    }

    /// Nothing is measured that is not right.
    private static func check(
        _ report: OverlapReport, _ pairs: [(a: Int, b: Int)], _ clean: [Bool]
    ) throws {
        var stopped: Set<[Int]> = []
        for pair in report.pairs where pair.verdict != .clean { stopped.insert([pair.a, pair.b]) }
        for (pair, isClean) in zip(pairs, clean)
        where stopped.contains([pair.a, pair.b]) == isClean {
            throw BenchmarkFailure("the pair \(pair) is not as git says")
        }
        guard clean.count == pairs.count else { throw BenchmarkFailure("git left pairs out") }
    }

    /// Highest memory, in MB, of a process that makes one report and nothing else.
    private static func peak(
        _ path: AbsolutePath, _ base: ObjectID, _ count: Int, _ environment: [String: String]
    ) async throws -> Int {
        let output = try await ProgramRun.run(
            Command(
                ["/proc/self/exe", name, "--alone", "\(path)", "--branches", "\(count)"],
                in: path, environment: environment))
        return try require(
            Int(output.text.split(separator: "\n").last ?? ""), output.errorText)
    }

    private static func report(alone path: AbsolutePath, _ options: OverlapOptions) async throws {
        let repository = try Repository(at: path)
        let first = try await repository.commit(named: "refs/heads/bench/0")
        let base = try await repository.commit(first).parents[0]
        var branches: [ObjectID] = []
        for number in 0..<(options.counts.first ?? 0) {
            branches.append(try await repository.commit(named: "refs/heads/bench/\(number)"))
        }
        let git = try require(
            await GitProgram.find(in: Shell.environment(home: path)), "git is missing")
        _ = try await OurReport(path: path, git: git).make(base, branches)
        let status = try Files.read(require(AbsolutePath("/proc/self/status")))
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        print(try require(kilobytes) / 1024)
    }

    private static func number(_ value: Double) -> String {
        if value >= 100 { return "\(Int(value.rounded()))" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// What the command line asks for.
struct OverlapOptions {
    var counts = [20, 50, 100, 200, 400, 1000]
    var rounds = 5
    var seed: UInt64 = 1
    var repository: String?
    /// Report on this repository once and print the memory it took.
    var alone: AbsolutePath?

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            let value =
                word == "--help" ? "" : try require(rest.popFirst(), "\(word) needs a value")
            switch word {
            case "--branches": counts = value.split(separator: ",").compactMap { Int($0) }
            case "--rounds": rounds = try require(Int(value), "--rounds takes a number")
            case "--seed": seed = try require(UInt64(value), "--seed takes a number")
            case "--repository": repository = value
            case "--alone": alone = AbsolutePath(value)
            default:
                throw BenchmarkFailure(
                    "options: --branches N,N --rounds N --seed N --repository PATH")
            }
        }
    }
}

/// treeguild's report, from an opened repository to the order.
struct OurReport {
    let path: AbsolutePath
    let git: GitProgram

    func make(_ base: ObjectID, _ branches: [ObjectID]) async throws -> OverlapReport {
        var cache = OverlapCache()
        return try await make(base, branches, in: Repository(at: path), &cache)
    }

    /// The cost of a second report, after the last branch has moved to where another one is.
    func oneMoved(_ base: ObjectID, _ branches: [ObjectID]) async throws -> Cost {
        let repository = try Repository(at: path)
        var cache = OverlapCache()
        var before = branches
        before[before.count - 1] = base
        _ = try await make(base, before, in: repository, &cache)
        var warm = cache
        let cost = try await Cost.of {
            _ = try await make(base, branches, in: repository, &warm)
        }
        return cost
    }

    private func make(
        _ base: ObjectID, _ branches: [ObjectID], in repository: Repository,
        _ cache: inout OverlapCache
    ) async throws -> OverlapReport {
        let sources = try await repository.sources(
            of: branches.enumerated().map { ("\($0.offset)", $0.element) })
        let layout = repository.layout
        let engine = GitMergeEngine(
            program: git, repository: layout.gitDirectory,
            objects: layout.commonDirectory.appending("objects"))
        return try await OverlapReport.make(
            in: repository, base: base, sources: sources, engine: engine, cache: &cache)
    }
}

/// git's fastest way to merge many pairs: two processes that read them, objects in memory.
struct PairsByGit {
    let path: AbsolutePath
    let environment: [String: String]

    /// Whether each merges.
    func merge(_ pairs: [(ObjectID, ObjectID)]) async throws -> [Bool] {
        let middle = pairs.count / 2
        async let first = part(pairs[..<middle])
        async let second = part(pairs[middle...])
        return try await first + second
    }

    private func part(_ pairs: ArraySlice<(ObjectID, ObjectID)>) async throws -> [Bool] {
        let folder = try Scratch()
        var environment = environment
        environment["GIT_OBJECT_DIRECTORY"] = folder.path.description
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = path.appending("objects").description
        let lines = pairs.map { "\($0.0) \($0.1)\n" }.joined()
        let output = try await ProgramRun.run(
            Command(
                ["git", "merge-tree", "--write-tree", "-z", "--no-messages", "--stdin"], in: path,
                environment: environment, input: Array(lines.utf8)))
        guard output.ending.isSuccess else { throw BenchmarkFailure(output.errorText) }
        var fields = output.output.split(separator: 0, omittingEmptySubsequences: false)[...]
        var answers: [Bool] = []
        while fields.count > 1 {
            answers.append(fields.removeFirst().elementsEqual("1".utf8))
            // The tree, conflicted entries, and an empty field that ends them.
            while let field = fields.popFirst(), !field.isEmpty {}
        }
        return answers
    }
}

/// Progress of long measurements, beside the table.
enum StandardError {
    @MainActor static var stream = Stream()

    struct Stream: TextOutputStream {
        mutating func write(_ text: String) {
            // Nowhere is left to tell that standard error failed.
            try? Files.write(Array(text.utf8), to: 2, path: "standard error")
        }
    }
}
