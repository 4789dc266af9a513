import Base
import Git
import TestSupport

/// A repository to measure on, with branches that edit files of one base commit.
struct BranchesRepository: ~Copyable {
    private let scratch: Scratch
    /// Bare; it shares the objects of a repository that was named.
    let path: AbsolutePath
    let base: ObjectID
    /// Commits on the base, in the order in which they were made.
    let branches: [ObjectID]

    /// What the branches do.
    enum Kind {
        /// 4 to 25 files each, one in five of them out of a hot set, so that some pairs meet.
        case meeting
        /// Files and lines that no other branch touches.
        case apart
    }

    /// A bare copy of the named repository, sharing its objects, or a made one; the copy alone is written to.
    init(from source: String?, branches count: Int, kind: Kind, seed: UInt64 = 1) throws {
        let scratch = try Scratch()
        let environment = Shell.environment(home: scratch.path)
        let path = scratch.path.appending("bench.git")
        func git(_ words: [String], in folder: AbsolutePath, input: [UInt8] = []) throws -> String {
            let result = try Shell.run(
                ["git"] + words, in: folder, environment: environment, input: input)
            guard result.status == 0 else {
                throw BenchmarkFailure("git \(words[0]) ended \(result.status): \(result.text)")
            }
            return result.line
        }
        if let source {
            _ = try git(
                ["clone", "-q", "--bare", "--shared", source, path.description], in: scratch.path)
        } else {
            _ = try git(["init", "-q", "--bare", "-b", "main", path.description], in: scratch.path)
            _ = try git(
                ["fast-import", "--quiet"], in: path, input: MadeTree.baseStream(seed: seed))
        }
        let base = try git(["rev-parse", source == nil ? "main" : "HEAD"], in: path)
        let listing = try git(
            ["ls-tree", "-r", "-z", "--format=%(objectmode) %(objectname) %(path)", base], in: path)
        let files = MadeTree.files(listing)
        let stream = try MadeTree.branchStream(
            of: files, base: base, count: count, kind: kind, seed: seed
        ) { ids in
            try Shell.run(
                ["git", "cat-file", "--batch"], in: path, environment: environment,
                input: Array(ids.joined(separator: "\n").utf8) + [10]
            ).output
        }
        _ = try git(["fast-import", "--quiet"], in: path, input: stream)
        let heads = try git(
            ["rev-parse"] + (0..<count).map { "refs/heads/bench/\($0)" }, in: path)
        let baseID = try require(ObjectID(base))
        self.scratch = scratch
        self.path = path
        self.base = baseID
        branches = heads.split(separator: "\n").compactMap { ObjectID($0) }
    }

    /// A clean environment for programs that are measured here.
    var environment: [String: String] { Shell.environment(home: path.parent) }
}

/// The value, or an end with a reason.
func require<T>(_ value: T?, _ reason: String = "a value is missing") throws -> T {
    guard let value else { throw BenchmarkFailure(reason) }
    return value
}
