import Base
import Store
import TestSupport
import Testing

/// What an interrupted and resumed run must have in common with one that nobody disturbed.
struct Facts: Equatable, CustomStringConvertible {
    var references: [String]
    var tasks: [String]
    var run: [String]
    var worktrees: Int
    var trees: [String]
    /// Lines that workers wrote to `$HOME/ran`.
    var ran: [String]
    /// Whether the events are all there and untouched, and how many there are.
    var chain: String

    /// - Parameter preserved: whether refs that preserve work count, which an interrupted worker adds to.
    init(of trial: borrowing Trial, run id: String = "r1", preserved: Bool = true) async throws {
        references = try trial.repository.git("for-each-ref", "--format=%(refname) %(tree)")
            .split(separator: "\n").map(String.init)
            .filter { preserved || !$0.contains("/preserved/") }
        worktrees = try trial.repository.git("worktree", "list", "--porcelain")
            .split(separator: "\n").count { $0.hasPrefix("worktree ") }
        trees = try trial.leftTrees()
        ran = try trial.lines("ran")
        (tasks, run, chain) = ([], [], "")
        let folder = trial.repository.path.appending(".git/treeguild")
        guard let ledger = try await Ledger.openExisting(at: folder) else { return }
        let state = try await ledger.verifyChain()
        chain = "\(state)"
        guard let id = RunID(id), let record = try await ledger.run(id) else { return }
        for row in try await ledger.tasks(run: id) {
            let facts = ["outcome", "attempts", "branch", "commits", "error"].map {
                row.data[$0]?.compact ?? ""
            }
            tasks.append("\(row.task) \(row.status.rawValue) \(facts)")
        }
        tasks.sort()
        let merge = record.result?["merge"] ?? [:]
        run = [record.status.rawValue]
        run += ["included", "excluded", "resolutions", "verdict"].map { merge[$0]?.compact ?? "" }
        if preserved { run.append(record.result?["cleanup"]?.compact ?? "") }
    }

    /// How many events there are depends on how often the run was taken up.
    static func == (a: Facts, b: Facts) -> Bool {
        a.references == b.references && a.tasks == b.tasks && a.run == b.run
            && a.worktrees == b.worktrees && a.trees == b.trees && a.ran == b.ran
            && a.chain.hasPrefix("intact") == b.chain.hasPrefix("intact")
    }

    var description: String {
        (references + tasks + run + ["worktrees \(worktrees)"] + trees + ran + [chain])
            .joined(separator: "\n")
    }
}
