/// Completion scripts from the command table.
enum Completion {
    static let shells = ["bash", "zsh", "fish"]

    /// The script for a shell of ``shells``; nil for any other.
    @Sendable static func script(for shell: String) -> String? {
        switch shell {
        case "bash": bash()
        case "zsh": zsh()
        case "fish": fish()
        default: nil
        }
    }

    /// How the scripts name what a value can be: a list of words, or a word that they look up.
    static func words(of kind: ValueKind) -> Words {
        switch kind {
        case .choice(let choices): .fixed(choices)
        case .command: .fixed(CommandTable.visible.map(\.name))
        case .file: .lookup("file")
        case .folder: .lookup("folder")
        case .branch: .lookup("branch")
        case .revision: .lookup("revision")
        case .run, .runOrTask: .lookup("run")
        case .runOrBranch: .lookup("run_or_branch")
        case .text, .number, .sequence, .money, .duration, .assignment: .nothing
        }
    }

    /// What a shell offers for a value.
    enum Words: Equatable {
        case fixed([String])
        case lookup(String)
        case nothing
    }

    /// Lists names of branches, of everything that names a commit, and of runs.
    static let branches = "git for-each-ref --format='%(refname:short)' refs/heads"
    static let revisions = "git for-each-ref --format='%(refname:short)'"
    static let runs = "treeguild status --names"
}
