import Base
import Git
import TestSupport

/// One look of the tripwire against one status by git.
enum TripwireBench: Benchmark {
    static let name = "tripwire"
    static let purpose = "a look at the user's repository around a worker, against git status"

    static func run(_ arguments: [String]) async throws {
        let counts = arguments.isEmpty ? [1000, 13_139, 100_000] : arguments.compactMap { Int($0) }
        var table = Table(["files", "git status, s", "a look, s", "looks per status"])
        for count in counts {
            let repository = try ScratchRepository()
            try fill(repository, files: count)
            let layout = try Repository(at: repository.path).layout
            var status = Measurement("git status")
            var look = Measurement("look")
            var latest = RepositoryFingerprint(of: layout)
            for _ in 0..<9 {
                try await status.measure {
                    try repository.git("--no-optional-locks", "status", "--porcelain=v2")
                }
                await look.measure {
                    let now = RepositoryFingerprint(of: layout, after: latest)
                    precondition(now.changes(since: latest).isEmpty, "nothing has changed")
                    latest = now
                }
            }
            func text(_ seconds: Double) -> String { "\((seconds * 10_000).rounded() / 10_000)" }
            table.add([
                "\(count)", text(status.median), text(look.median),
                "\((status.median / look.median * 10).rounded() / 10)",
            ])
        }
        print(table.text)
    }

    /// Thirteen small files to a folder, ten folders to the next.
    private static func fill(_ repository: borrowing ScratchRepository, files: Int) throws {
        for number in 0..<files {
            try repository.write(
                "d\(number / 1300)/e\(number / 130 % 10)/f\(number / 13 % 10)/n\(number)",
                "\(number)\n")
        }
        // No housekeeping in the background while times are taken.
        try repository.git("config", "gc.auto", "0")
        try repository.commit()
        try repository.git("repack", "-a", "-d", "-q")
    }
}
