import Base
import Git
import TestSupport

/// Random histories in one repository, with what `git merge-tree` says of every pair of branches.
struct MergeOracle: ~Copyable {
    let repository: ScratchRepository

    /// One history as git stores it.
    struct History {
        let seed: UInt64
        let base: ObjectID
        let branches: [(name: String, head: ObjectID)]
        /// By the indices of two branches, the lower first.
        var answers: [[Int]: Answer] = [:]
    }

    struct Answer: Equatable {
        let isClean: Bool
        let tree: ObjectID
    }

    init() throws { repository = try ScratchRepository() }

    /// Stores the histories of the seeds and asks git about all pairs: three processes, whatever their number.
    func histories(_ seeds: some Sequence<UInt64>) throws -> [History] {
        try histories(of: seeds.map { ($0, RandomHistory(seed: $0)) })
    }

    /// The same for histories that were made otherwise, each under a number of its own.
    func histories(of made: [(seed: UInt64, history: RandomHistory)]) throws -> [History] {
        var stream: [UInt8] = []
        var names: [(seed: UInt64, count: Int)] = []
        for (seed, history) in made {
            names.append((seed, history.branches.count))
            write(history.base, "s\(seed)-base", nil, to: &stream)
            for (index, branch) in history.branches.enumerated() {
                write(branch, "s\(seed)-\(index)", "s\(seed)-base", to: &stream)
            }
        }
        try repository.git("fast-import", "--quiet", "--force", input: stream)
        let listing = try repository.git(
            "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads/")
        var ids: [String: ObjectID] = [:]
        for line in listing.split(separator: "\n") {
            let words = line.split(separator: " ")
            ids[String(words[0])] = ObjectID(words[1])
        }
        var found = names.map { seed, count in
            History(
                seed: seed, base: ids["s\(seed)-base"]!,
                branches: (0..<count).map { ("\($0)", ids["s\(seed)-\($0)"]!) })
        }
        try ask(&found)
        return found
    }

    private func write(
        _ tree: RandomTree, _ name: String, _ parent: String?, to stream: inout [UInt8]
    ) {
        stream += "commit refs/heads/\(name)\ncommitter A <a@b> 0 +0000\ndata 0\n".utf8
        if let parent { stream += "from refs/heads/\(parent)\n".utf8 }
        stream += "deleteall\n".utf8
        for (path, file) in tree.files.sorted(by: { $0.key < $1.key }) {
            let bytes = file.bytes
            stream += "M \(file.mode) inline \(path)\ndata \(bytes.count)\n".utf8
            stream += bytes + [10]
        }
    }

    private func ask(_ histories: inout [History]) throws {
        var questions: [(history: Int, pair: [Int])] = []
        var lines = ""
        for (index, history) in histories.enumerated() {
            for a in history.branches.indices {
                for b in history.branches.indices.dropFirst(a + 1) {
                    questions.append((index, [a, b]))
                    lines += "\(history.branches[a].head) \(history.branches[b].head)\n"
                }
            }
        }
        let output = try repository.git(
            ["merge-tree", "--write-tree", "--no-messages", "-z", "--stdin"], in: repository.path,
            input: Array(lines.utf8)
        ).output
        var fields = output.split(separator: 0, omittingEmptySubsequences: false)[...]
        for (history, pair) in questions {
            let status = fields.removeFirst()
            let tree = String(decoding: fields.removeFirst(), as: UTF8.self)
            while !fields.removeFirst().isEmpty {}
            histories[history].answers[pair] = Answer(
                isClean: Array(status) == [UInt8(ascii: "1")], tree: ObjectID(tree)!)
        }
    }
}
