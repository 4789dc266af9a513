import Base
import Git

extension GitError: CommandErrorConvertible {
    var commandError: CommandError {
        let (exit, code, words, hint) = sentence
        let said = message.isEmpty ? [] : ["git's library says: \(message)"]
        // What is plain from our own words needs no second ones.
        return CommandError(exit, code, words, hint: hint, details: exit == .usage ? [] : said)
    }

    private typealias Sentence = (ExitCode, String, String, String?)

    private var task: String { subject.isEmpty ? operation : "\(operation) \(subject)" }

    private var sentence: Sentence {
        switch code {
        case .notFound: missing
        case .ambiguous:
            (
                .usage, "ambiguous", "'\(subject)' could name more than one thing",
                "write more digits of the ID, or the whole name of the branch"
            )
        case .invalid: invalid
        case .unborn:
            (.usage, "no_commits", "the repository has no commit yet", "make one with: git commit")
        case .bare:
            (
                .usage, "bare", "cannot \(task): a bare repository has no worktree",
                "start in a worktree of it, or name one with -C"
            )
        case .exists:
            (.refused, "exists", "cannot \(task): it is there already", nil)
        case .modified:
            (
                .refused, "moved", "cannot \(task): it has moved meanwhile",
                "look at what moved it, and start again"
            )
        case .conflict:
            (.refused, "in_the_way", "cannot \(task): files are in the way", "git status")
        case .uncommitted:
            (
                .refused, "uncommitted", "cannot \(task): there is uncommitted work",
                "commit it or stash it"
            )
        case .owner:
            (
                .refused, "owner", "\(subject) belongs to another user",
                "if you trust it: git config --global --add safe.directory \(Text.shellQuote(subject))"
            )
        case .locked:
            (
                .notDone, "locked", "cannot \(task): another program holds the lock",
                "try again; if nothing else is at work, a crashed git left a .lock file behind"
            )
        case .unsupported: unsupported
        case .corrupt:
            (
                .notDone, "corrupt", "cannot \(task): the object is damaged or missing",
                "git fsck tells what else is"
            )
        case .noSpace:
            (.notDone, "no_space", "cannot \(task): no space is left", "treeguild clean makes room")
        case .readOnly:
            (
                .notDone, "read_only", "cannot \(task): nothing may be written there",
                "look at the owner and the mode of the folder"
            )
        case .other(let status):
            (.notDone, "git", "cannot \(task) (libgit2 \(status))", nil)
        }
    }

    /// Something is not there: what, depends on what was looked for.
    private var missing: Sentence {
        switch operation {
        case "open repository":
            let words = CommandError.notInRepository
            return (words.exit, words.code, words.message, words.hint)
        case "resolve revision":
            return subject == "HEAD"
                ? (
                    .usage, "no_commits", "the repository has no commit yet",
                    "make one with: git commit"
                )
                : (
                    .usage, "unknown_revision", "there is no branch or commit '\(subject)'",
                    "git branch --all lists the branches"
                )
        case "read blob", "read tree", "read commit":
            return (
                .notDone, "corrupt", "cannot \(task): the object is missing",
                "git fsck tells what else is; in a partial or shallow clone, fetch it first"
            )
        default: return (.notDone, "not_found", "cannot \(task): it is not there", nil)
        }
    }

    private var invalid: Sentence {
        switch operation {
        case "resolve revision":
            (
                .usage, "unknown_revision", "'\(subject)' names no commit",
                "a branch, a tag or the ID of a commit is wanted"
            )
        case "create ref", "move ref":
            (
                .usage, "bad_name", "'\(subject)' is no name for a branch",
                "git help check-ref-format"
            )
        default: (.notDone, "invalid", "cannot \(task): git does not accept it", nil)
        }
    }

    private var unsupported: Sentence {
        let isSHA256 =
            message.contains("objectformat") || message.contains("object format")
        return isSHA256
            ? (
                .usage, "sha256", "\(subject) names objects by SHA-256, which is not supported",
                "a clone with SHA-1 objects can be used"
            )
            : (
                .usage, "unsupported_format",
                "\(subject) is in a format that libgit2 \(Repository.libraryVersion) does not know: \(message)",
                "git config --get-regexp '^extensions' names what is in use"
            )
    }
}
