import Base
import Store

extension DoctorCheck {
    /// The checks of the repository, if there is one.
    static func repository(_ facts: DoctorFacts) -> [DoctorCheck] {
        switch facts.repository {
        case .none:
            return [DoctorCheck(.repository, "repository", .ok, "not inside one")]
        case .unreadable(let reason):
            return [
                DoctorCheck(
                    .repository, "repository", .failure, reason,
                    advice: "treeguild cannot work on this repository")
            ]
        case .found(let found): return repository(found)
        }
    }

    private static func repository(_ facts: DoctorFacts.RepositoryFacts) -> [DoctorCheck] {
        [
            DoctorCheck(.repository, "repository", .ok, facts.path.description),
            answer(facts.isBare, "kind", no: "with a main worktree", yes: "bare", .ok),
            answer(
                facts.isShallow, "history", no: "whole", yes: "shallow", .warning,
                "merge bases may be missing: git fetch --unshallow"),
            answer(
                facts.isPartial, "objects", no: "all here", yes: "fetched when needed", .warning,
                "fetch them first: git fetch --refetch --no-filter"),
            answer(
                facts.isSparse, "sparse checkout", no: "off", yes: "on", .warning,
                "worktrees of workers hold all files"),
            answer(
                facts.hasSubmodules, "submodules", no: "none", yes: "there are some", .ok,
                "worktrees have those that the main worktree has, without network; "
                    + "for all of them: git submodule update --init --recursive"),
            filters(facts.filters), objectFormat(facts.objectFormat), worktrees(facts),
        ]
    }

    private static func answer(
        _ fact: Bool?, _ name: String, no: String, yes: String, _ status: Status,
        _ advice: String? = nil
    ) -> DoctorCheck {
        guard let fact else {
            return DoctorCheck(.repository, name, .warning, "could not be looked at")
        }
        return fact
            ? DoctorCheck(.repository, name, status, yes, advice: advice)
            : DoctorCheck(.repository, name, .ok, no)
    }

    private static func filters(_ names: [String]?) -> DoctorCheck {
        guard let names else {
            return DoctorCheck(.repository, "filters", .warning, "could not be looked at")
        }
        guard !names.isEmpty else { return DoctorCheck(.repository, "filters", .ok, "none") }
        return DoctorCheck(
            .repository, "filters", .ok, "\(Phrase.allOf(names)), run by the git program")
    }

    private static func objectFormat(_ format: String?) -> DoctorCheck {
        let name = "object format"
        guard let format else {
            return DoctorCheck(.repository, name, .warning, "could not be looked at")
        }
        return format == "sha1"
            ? DoctorCheck(.repository, name, .ok, format)
            : DoctorCheck(
                .repository, name, .failure, format,
                advice: "libgit2 cannot read this format yet")
    }

    private static func worktrees(_ facts: DoctorFacts.RepositoryFacts) -> DoctorCheck {
        guard let count = facts.worktrees, let gone = facts.prunableWorktrees else {
            return DoctorCheck(.repository, "worktrees", .warning, "could not be looked at")
        }
        guard gone > 0 else { return DoctorCheck(.repository, "worktrees", .ok, "\(count) linked") }
        return DoctorCheck(
            .repository, "worktrees", .warning, "\(count) linked, \(gone) of them without folder",
            advice: "git worktree prune")
    }

    /// The check of the ledger, if there is one.
    static func ledger(_ facts: DoctorFacts) -> [DoctorCheck] {
        let name = "ledger"
        let advice = "past events were changed; do not trust what the log says"
        func broken(_ what: String) -> [DoctorCheck] {
            [DoctorCheck(.ledger, name, .failure, what, advice: advice)]
        }
        switch facts.ledger {
        case .none: return [DoctorCheck(.ledger, name, .ok, "none yet")]
        case .unreadable(let reason): return [DoctorCheck(.ledger, name, .failure, reason)]
        case .found(.intact(let events)):
            return [DoctorCheck(.ledger, name, .ok, "\(Text.count(events, "event")), intact")]
        case .found(.broken(let seq)): return broken("event \(seq) is missing or changed")
        case .found(.missingTail(let last, let head)):
            return broken("the events end at \(last) of \(head)")
        case .found(.forgedHead): return broken("the record of the last event is forged")
        }
    }
}
