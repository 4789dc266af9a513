import Base
import TestSupport

/// One way of making and removing trees; each call is given the folders of all trees.
@MainActor
protocol TreeWay {
    var name: String { get }
    /// False for ways whose trees git does not know, so that nothing can be asked of them.
    var makesWorktrees: Bool { get }
    /// True for git's own ways, among which the best is sought.
    var isGit: Bool { get }
    /// The folders do not exist, their parent does.
    func make(_ trees: [AbsolutePath]) async throws
    /// Brings trees back to the base: changed, deleted and new files.
    func reset(_ trees: [AbsolutePath]) async throws
    /// Nothing is left of the trees and their registrations.
    func remove(_ trees: [AbsolutePath]) async throws
}

/// `git worktree add` and its relatives, several trees in one shell.
struct GitWay: TreeWay {
    /// How several commands of one shell are run.
    enum Order: String {
        case loop = "one by one"
        case two = "two at a time"
        case all = "all at once"
    }

    let repository: MadeRepository
    let order: Order
    /// Makes trees without files first and fills them by `git reset`.
    var fillingLater = false

    var name: String {
        "git worktree add\(fillingLater ? " --no-checkout, reset" : ""), \(order.rawValue)"
    }
    var makesWorktrees: Bool { true }
    var isGit: Bool { true }

    func make(_ trees: [AbsolutePath]) throws {
        let base = repository.base
        if fillingLater {
            try run(
                "git worktree add -q --no-checkout --detach \"$1\" \(base) && git -C \"$1\" reset -q --hard",
                trees)
        } else {
            try run("git worktree add -q --detach \"$1\" \(base)", trees)
        }
    }

    func reset(_ trees: [AbsolutePath]) throws {
        try run(
            "git -C \"$1\" checkout -q -f --detach \(repository.base) && git -C \"$1\" clean -fdxq",
            trees)
    }

    func remove(_ trees: [AbsolutePath]) throws {
        try run("git worktree remove --force \"$1\"", trees)
    }

    /// Runs a script for each tree, which is its `$1`.
    private func run(_ script: String, _ trees: [AbsolutePath]) throws {
        let words = trees.map(\.description)
        let each: [String] =
            switch order {
            case .loop:
                ["sh", "-ec", "for tree do set -- \"$tree\"; \(script); done", "sh"] + words
            case .all:
                // `wait` alone forgets what the parts returned.
                [
                    "sh", "-c",
                    "all=; for tree do (set -- \"$tree\"; \(script)) & all=\"$all $!\"; done;"
                        + " for one in $all; do wait $one || exit 1; done",
                    "sh",
                ] + words
            case .two:
                [
                    "sh", "-c",
                    "printf '%s\\0' \"$@\" | xargs -0 -n 1 -P 2 sh -c '\(script)' sh", "sh",
                ] + words
            }
        try MadeRepository.run(each, in: repository.path, repository.environment)
    }
}
