import Base
import Glibc
import Processes

/// The `rg` program where there is one: it finds the files that may match, on all cores.
///
/// What is shown comes from our own search in these files, so that answers are the same without it.
enum Ripgrep {
    /// The program along PATH of this process; nil when there is none.
    private static let program: String? = {
        (Environment.own["PATH"] ?? "").split(separator: ":").lazy
            .map { "\($0)/rg" }.first { $0.hasPrefix("/") && access($0, X_OK) == 0 }
    }()

    /// Real paths of files with a match; nil where the program is missing or cannot say.
    static func candidates(for query: GrepQuery, in folder: AbsolutePath) async -> Set<
        AbsolutePath
    >? {
        guard let program, Files.kind(of: folder) == .folder else { return nil }
        let command = Command(
            [program] + arguments(for: query, in: folder), in: folder,
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            timeout: .seconds(60), teardown: .immediate)
        // Its failure is no failure of the search: ours goes through all files.
        guard let output = try? await ProgramRun.run(command), output.errors.isEmpty,
            [.exited(0), .exited(1)].contains(output.ending)
        else { return nil }
        return Set(
            output.output.split(separator: 0).compactMap {
                AbsolutePath(String(decoding: $0, as: UTF8.self))
            })
    }

    /// No configuration, and no ignore files but git's own of the tree.
    private static func arguments(for query: GrepQuery, in folder: AbsolutePath) -> [String] {
        [
            "--no-config", "--files-with-matches", "--null", "--hidden", "--no-ignore-dot",
            "--no-ignore-global", "--no-ignore-exclude", "--no-require-git", "--no-follow",
            "--glob=!.git", "--color=never",
        ] + (query.isCaseless ? ["--ignore-case"] : ["--case-sensitive"])
            + (query.isMultiline ? ["--multiline", "--multiline-dotall"] : [])
            + ["-e", query.pattern, "--", folder.description]
    }
}
