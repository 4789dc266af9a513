import Base
import Coordination
import Git
import Tasks

/// Whether there is room for the trees that a run will have at once.
enum RunRoom {
    /// How many trees exist at one time: one for each worker, and one for checks or a verifier.
    ///
    /// Without reuse the trees of finished tasks stay until the run's end.
    static func trees(tasks: Int, jobs: Int, reuse: Bool) -> Int {
        (reuse ? min(tasks, jobs) : tasks) + 1
    }

    /// Refuses a run whose trees would not fit, before anything is made.
    static func check(_ context: RunContext, in repository: Repository) async throws {
        let options = context.options
        let trees = trees(
            tasks: context.plan.tasks.count, jobs: options.jobs,
            reuse: options.reusesTrees && !options.keepTrees)
        let folder = Files.nearestFolder(to: context.folders.trees)
        let one = try await repository.room(forTreeOf: context.base)
        let free = try TreeRoom.Free(at: folder)
        guard let shortage = one.shortage(for: trees, in: free, reserve: true) else { return }
        throw error(shortage, trees: trees, folder: folder)
    }

    /// The refusal in words, with the numbers and what to do.
    static func error(
        _ shortage: WorktreeError.Cause, trees: Int, folder: AbsolutePath
    ) -> CommandError {
        let (code, needed, available) =
            switch shortage {
            case .noInodes(let needed, let available):
                ("no_inodes", "\(needed) files and folders", "\(available)")
            case .noSpace(let needed, let available):
                ("no_space", mebibytes(needed), mebibytes(available))
            default: ("no_space", "more", "less")
            }
        return CommandError(
            .refused, code,
            "\(Text.count(trees, "worktree")) at once need room for \(needed); "
                + "the file system of \(folder) has room for \(available)",
            hint: "ask for fewer workers with --jobs, name a folder on another file system in the "
                + "setting worktrees, or make room with: treeguild clean")
    }

    private static func mebibytes(_ bytes: UInt64) -> String {
        "\(bytes >> 20).\((bytes & (1 << 20 - 1)) * 10 >> 20) MiB"
    }
}
