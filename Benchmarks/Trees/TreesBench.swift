import Base
import TestSupport

/// Making, looking at, resetting and removing several trees of one repository at once.
enum TreesBench: Benchmark {
    static let name = "trees"
    static let purpose = "worktrees against git, libgit2 and the bare system calls"

    static func run(_ arguments: [String]) async throws {
        guard let options = try TreesOptions(arguments) else { return }
        let scratch = try Scratch()
        let repository = try MadeRepository(in: scratch.path, options)
        let content = try BareContent(of: repository)
        let ways = ways(repository, content).filter { options.includes($0.name) }
        let place = try Files.makePrivateFolder(
            in: options.disk ?? scratch.path, prefix: "treeguild-bench-")
        print("\(repository.files.count) files, \(options.disk.map { "disk: \($0)" } ?? "memory")")
        for count in options.counts {
            let session = TreesSession(repository: repository, ways: ways, place: place)
            for round in 0..<options.rounds {
                // On some file systems a removal makes what is created after it slow for minutes.
                try await session.round(round, trees: count, removingLater: options.disk != nil)
            }
            if options.disk != nil { try await session.removeAll() }
            print(
                "\n\(count) \(count == 1 ? "tree" : "trees"), seconds on the wall (of processor time)\n"
            )
            print(session.table.text)
        }
        try Files.removeTree(place)
    }

    private static func ways(
        _ repository: MadeRepository, _ content: BareContent
    ) -> [any TreeWay] {
        [
            GitWay(repository: repository, order: .loop),
            GitWay(repository: repository, order: .two),
            GitWay(repository: repository, order: .all),
            GitWay(repository: repository, order: .two, fillingLater: true),
            LibraryWay(repository: repository, threads: 1),
            LibraryWay(repository: repository, threads: 2),
            BareWay(content: content, threads: 1),
            BareWay(content: content, threads: 2),
            OurWay(repository: repository),
        ]
    }
}

/// All rounds with one number of trees.
@MainActor
final class TreesSession {
    let repository: MadeRepository
    let ways: [any TreeWay]
    let place: AbsolutePath
    private var costs: [String: [Phase: [Cost]]] = [:]
    private var waiting: [(way: any TreeWay, trees: [AbsolutePath])] = []

    private enum Phase: CaseIterable { case make, status, reset, remove }

    init(repository: MadeRepository, ways: [any TreeWay], place: AbsolutePath) {
        self.repository = repository
        self.ways = ways
        self.place = place
    }

    /// Every way once, each time beginning with another.
    func round(_ number: Int, trees count: Int, removingLater: Bool) async throws {
        for at in ways.indices {
            let way = ways[(at + number) % ways.count]
            let folder = place.appending("t\(count)-r\(number)-w\((at + number) % ways.count)")
            try Files.makeFolder(folder)
            let trees = (1...count).map { folder.appending("tree\($0)") }
            try await note(way, .make) { try await way.make(trees) }
            if way.makesWorktrees {
                try await note(way, .status) { try checkStatus(of: trees, way) }
                try change(trees)
                if way.isGit || way is OurWay {
                    try await note(way, .reset) { try await way.reset(trees) }
                }
            }
            if removingLater {
                waiting.append((way, trees))
            } else {
                try await note(way, .remove) { try await way.remove(trees) }
            }
        }
    }

    /// Removes what rounds left for later.
    func removeAll() async throws {
        for (way, trees) in waiting {
            try await note(way, .remove) { try await way.remove(trees) }
        }
        waiting = []
    }

    private func note(
        _ way: any TreeWay, _ phase: Phase, _ work: () async throws -> Void
    ) async throws {
        costs[way.name, default: [:]][phase, default: []].append(try await Cost.of(work))
    }

    /// The first `git status` of each tree, one by one; it must find nothing.
    private func checkStatus(of trees: [AbsolutePath], _ way: any TreeWay) throws {
        let found = try MadeRepository.run(
            ["sh", "-ec", "for tree do git -C \"$tree\" status --porcelain; done", "sh"]
                + trees.map(\.description), in: place, repository.environment)
        guard found.isEmpty else {
            throw BenchmarkFailure("\(way.name): a new tree is not clean: \(found.prefix(200))")
        }
    }

    /// What a worker may do: some files changed, some deleted, some new and some ignored by nobody.
    private func change(_ trees: [AbsolutePath]) throws {
        let names = repository.files
        for tree in trees {
            for at in stride(from: 0, to: names.count, by: max(1, names.count / 100)) {
                let path = tree.appending(names[at])
                guard Files.kind(of: path) == .file else { continue }
                if at % 5 == 0 {
                    try Files.removeFile(path)
                } else {
                    try Files.replace(path, with: Array("changed \(at)\n".utf8))
                }
            }
            try Files.makeFolder(tree.appending("new/folder"))
            for number in 0..<50 {
                try Files.replace(tree.appending("new/folder/\(number)"), with: [65, 10])
            }
        }
    }

    /// One row for each way, with ratios to git's best.
    var table: Table {
        func median(_ way: any TreeWay, _ phase: Phase) -> Cost? {
            costs[way.name]?[phase].map(Cost.median)
        }
        func total(_ way: any TreeWay) -> Cost? {
            guard let make = median(way, .make), let remove = median(way, .remove) else {
                return nil
            }
            return make + (median(way, .status) ?? .zero) + remove
        }
        func best(_ cost: (any TreeWay) -> Cost?) -> Cost? {
            let all = ways.filter(\.isGit).compactMap(cost)
            guard let wall = all.map(\.wall).min(), let processor = all.map(\.processor).min()
            else { return nil }
            return Cost(wall: wall, processor: processor)
        }
        func cells(_ cost: Cost?, best: Cost?) -> [String] {
            guard let cost else { return ["", ""] }
            let text = "\(TreesSession.text(cost.wall)) (\(TreesSession.text(cost.processor)))"
            guard let best else { return [text, ""] }
            return [
                text,
                "\(TreesSession.text(cost.wall / best.wall)) (\(TreesSession.text(cost.processor / best.processor)))",
            ]
        }
        let bestMake = best { median($0, .make) }
        let (bestReset, bestRemove) = (best { median($0, .reset) }, best { median($0, .remove) })
        let bestTotal = best(total)
        var table = Table([
            "way", "make", "÷ git's best", "first status", "reset", "÷ git's best", "remove",
            "÷ git's best", "make, status, remove", "÷ git's best",
        ])
        for way in ways {
            table.add(
                [way.name] + cells(median(way, .make), best: bestMake)
                    + [cells(median(way, .status), best: nil)[0]]
                    + cells(median(way, .reset), best: bestReset)
                    + cells(median(way, .remove), best: bestRemove)
                    + (way.makesWorktrees ? cells(total(way), best: bestTotal) : ["", ""]))
        }
        return table
    }

    private static func text(_ number: Double) -> String {
        guard number.isFinite else { return "-" }
        let scaled = Int((number * 100).rounded())
        let fraction = scaled % 100
        return "\(scaled / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
