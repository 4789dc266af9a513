import Base
import Git
import Merging
import Store

extension Merging.Landing.Outcome {
    /// Why nothing landed; nil when the branch holds the result.
    func refusal(of name: String, onto branch: String) -> CommandError? {
        switch self {
        case .landed, .alreadyThere: return nil
        case .conflict(let paths, let commit):
            let when = commit.map { ", at commit \($0.short)" } ?? ""
            return CommandError(
                .notDone, status, "\(name) does not merge with \(branch)\(when):",
                hint: "bring \(branch) into the result first, for example: "
                    + "treeguild merge \(branch) \(name) --verifier NAME",
                details: paths.map(\.description))
        case .undecided(let reason):
            return CommandError(
                .notDone, status,
                "it cannot be told here whether \(name) merges with \(branch): \(reason)",
                hint: "treeguild doctor")
        case .diverged(let tip):
            return CommandError(
                .refused, status,
                "\(branch) is at \(tip.short), from which no fast-forward leads to \(name)",
                hint: "land with --strategy merge, squash or rebase")
        case .moved(let expected, let found):
            return CommandError(
                .refused, status,
                "\(branch) has moved meanwhile: expected \(expected.short), found "
                    + (found?.short ?? "no branch"),
                hint: "look at what came, then land again")
        case .inTheWay(let worktree, let paths):
            return CommandError(
                .refused, status, "uncommitted work in \(worktree) would be overwritten:",
                hint: "commit, stash or move these files, then land again",
                details: paths.map(\.description))
        case .busy(let worktree, let operation):
            return operation.refusal(in: worktree, of: branch)
        case .unknownBranch(let name):
            return CommandError(
                .usage, status, "there is no branch '\(name)'",
                hint: "git branch \(Text.shellQuote(name)) makes one")
        }
    }

    /// For scripts: the `status` of `treeguild.land/1`.
    var status: String {
        switch self {
        case .landed: "landed"
        case .alreadyThere: "already_there"
        case .conflict: "conflict"
        case .undecided: "undecided"
        case .diverged: "diverged"
        case .moved: "moved"
        case .inTheWay: "in_the_way"
        case .busy: "busy"
        case .unknownBranch: "unknown_branch"
        }
    }
}

extension Merging.Landing.Operation {
    fileprivate func refusal(in worktree: AbsolutePath, of branch: String) -> CommandError {
        let (message, hint) =
            switch self {
            case .indexLocked:
                (
                    "another program works in \(worktree), or died there",
                    "if none does: remove the file index.lock that git names"
                )
            case .missing:
                (
                    "git knows a worktree of \(branch) at \(worktree), but it is not there",
                    "if it is gone for good: git worktree prune"
                )
            case .bisect:
                (
                    "a bisection is in progress in \(worktree)",
                    "end it there: git bisect reset"
                )
            case .merge, .rebase, .revert, .cherryPick:
                (
                    "a \(rawValue) is in progress in \(worktree)",
                    "end it there: git \(rawValue) --continue, or --abort"
                )
            }
        return CommandError(.refused, "busy", message, hint: hint)
    }
}

extension CommandError {
    /// Why the result of a run that is not all done does not land by itself: what is missing or failed in it.
    static func unfinished(_ run: RecordedRun, result: String) -> CommandError {
        let document = run.record.result ?? [:]
        func text(_ json: JSON, _ key: String) -> String { json[key]?.stringValue ?? "" }
        var details = (document["tasks"]?.arrayValue ?? []).compactMap { task -> String? in
            let status = text(task, "status")
            guard status != "completed" else { return nil }
            let reason = task["error"]?["message"]?.stringValue.map { ": " + $0 } ?? ""
            return "task \(text(task, "id")) \(status)\(reason)"
        }
        let merge = document["merge"] ?? [:]
        details += (merge["excluded"]?.arrayValue ?? []).map {
            "\(text($0, "task")) is left out: \(text($0, "reason"))"
        }
        let verdict = text(merge, "verdict")
        if ["failed", "unknown"].contains(verdict) { details.append("the verdict is \(verdict)") }
        return CommandError(
            .refused, "not_completed",
            "run \(run.id) is not all done, and \(result) holds only a part of its work",
            hint: run.resumption.map { "go on with it first: \($0)" }
                ?? "treeguild status \(run.id) tells more; what there is lands with "
                + "treeguild land \(run.id) --onto BRANCH --partial",
            details: details)
    }
}
