import Base
import CLibgit2
import Git
import Merging
import Processes
import TestSupport

/// Branches that do not touch each other, merged into one tree.
enum MergeBench: Benchmark {
    static let name = "merge"
    static let purpose = "many clean branches into one tree, by git, libgit2 and treeguild"

    static func run(_ arguments: [String]) async throws {
        let options = try OverlapOptions(["--branches", "50"] + arguments)
        for count in options.counts {
            try await measure(
                try BranchesRepository(
                    from: options.repository, branches: count, kind: .apart, seed: options.seed),
                options)
        }
    }

    private static func measure(
        _ made: borrowing BranchesRepository, _ options: OverlapOptions
    ) async throws {
        let (path, base, branches) = (made.path, made.base, made.branches)
        let git = MergesByGit(path: path, environment: made.environment)
        let library = LibraryMerge()
        let own = OurMerge(path: path)
        let ways: [(name: String, work: @MainActor () async throws -> String)] = [
            ("git merge-tree, one after another", { try await git.chain(base, branches) }),
            ("libgit2 git_merge_trees", { try await library.chain(path, base, branches) }),
            ("treeguild, one after another", { try await own.chain(base, branches) }),
            ("treeguild, all at once", { try await own.atOnce(base, branches) }),
        ]
        var costs = ways.map { _ in [Cost]() }
        var trees: Set<String> = []
        for _ in 0..<options.rounds {
            for (index, way) in ways.enumerated() {
                costs[index].append(
                    try await Cost.of { trees.insert(try await way.work()) })
            }
        }
        guard trees.count == 1 else { throw BenchmarkFailure("the trees differ: \(trees)") }
        let medians = costs.map(Cost.median)
        var table = Table(["way", "ms", "CPU ms", "times git", "times libgit2"])
        for (way, cost) in zip(ways, medians) {
            table.add([
                way.name, Self.number(cost.wall * 1000), Self.number(cost.processor * 1000),
                Self.number(medians[0].wall / cost.wall), Self.number(medians[1].wall / cost.wall),
            ])
        }
        print("\(branches.count) clean branches into one stored tree, the same by every way;")
        print("median of \(options.rounds) interleaved rounds, seed \(options.seed)\n")
        print(table.text)
    }

    private static func number(_ value: Double) -> String {
        if value >= 100 { return "\(Int(value.rounded()))" }
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// git's best chain: its merge wants commits, so each step is a merge and a commit; objects are in memory.
struct MergesByGit {
    let path: AbsolutePath
    let environment: [String: String]

    func chain(_ base: ObjectID, _ branches: [ObjectID]) async throws -> String {
        let folder = try Scratch()
        var environment = environment
        environment["GIT_OBJECT_DIRECTORY"] = folder.path.description
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = path.appending("objects").description
        var (tip, tree) = (base.description, "")
        for branch in branches {
            tree = try await run(["merge-tree", "--write-tree", tip, "\(branch)"], environment)
            tip = try await run(
                ["commit-tree", "-m", "merge", "-p", tip, "-p", "\(branch)", tree], environment)
        }
        return tree
    }

    private func run(_ words: [String], _ environment: [String: String]) async throws -> String {
        let output = try await ProgramRun.run(
            Command(["git"] + words, in: path, environment: environment))
        guard output.ending.isSuccess else { throw BenchmarkFailure(output.errorText) }
        return String(output.text.prefix(40))
    }
}

/// treeguild's two ways; the tree is stored.
struct OurMerge {
    let path: AbsolutePath

    func chain(_ base: ObjectID, _ branches: [ObjectID]) async throws -> String {
        let repository = try Repository(at: path)
        let base = try await repository.commit(base).tree
        var tree = base
        for branch in branches {
            let merge = try await repository.mergeTrees(
                base: base, ours: tree, theirs: try await repository.commit(branch).tree,
                labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"))
            tree = merge.tree
        }
        return tree.description
    }

    func atOnce(_ base: ObjectID, _ branches: [ObjectID]) async throws -> String {
        let repository = try Repository(at: path)
        let sources = try await repository.sources(
            of: branches.enumerated().map { ("\($0.offset)", $0.element) })
        var cache = OverlapCache()
        let merge = try await repository.mergeAtOnce(base: base, sources: sources, cache: &cache)
        guard merge.refusal == nil, let tree = merge.trees.last else {
            throw BenchmarkFailure("\(merge)")
        }
        return tree.description
    }
}

/// libgit2's own merge of trees, written out at each step, on a thread of its own.
actor LibraryMerge {
    private let lane = Lane(label: "libgit2")
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    func chain(_ path: AbsolutePath, _ base: ObjectID, _ branches: [ObjectID]) throws -> String {
        git_libgit2_init()
        var repository: OpaquePointer?
        try check(git_repository_open(&repository, path.description))
        defer { git_repository_free(repository) }
        let ancestor = try tree("\(base)^{tree}", repository)
        defer { git_object_free(ancestor) }
        var ours = try tree("\(base)^{tree}", repository)
        defer { git_object_free(ours) }
        for branch in branches {
            let theirs = try tree("\(branch)^{tree}", repository)
            defer { git_object_free(theirs) }
            var index: OpaquePointer?
            try check(git_merge_trees(&index, repository, ancestor, ours, theirs, nil))
            defer { git_index_free(index) }
            var id = git_oid()
            try check(git_index_write_tree_to(&id, index, repository))
            git_object_free(ours)
            ours = nil
            try check(git_object_lookup(&ours, repository, &id, GIT_OBJECT_TREE))
        }
        var text = [CChar](repeating: 0, count: 41)
        git_oid_tostr(&text, 41, git_object_id(ours))
        return String(decoding: text.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func tree(_ name: String, _ repository: OpaquePointer?) throws -> OpaquePointer? {
        var object: OpaquePointer?
        try check(git_revparse_single(&object, repository, name))
        return object
    }

    private func check(_ status: Int32) throws {
        guard status >= 0 else {
            let words = git_error_last()?.pointee.message.map { String(cString: $0) }
            throw BenchmarkFailure("libgit2: \(words ?? "\(status)")")
        }
    }
}
