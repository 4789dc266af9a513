import Base

extension Schemas {
    static var land: JSON {
        document(
            "treeguild.land/1",
            [
                ("onto", text), ("strategy", word("merge", "squash", "rebase", "ff")),
                ("result", described(objectID, "The commit that was to land")),
                (
                    "status",
                    word(
                        "landed", "already_there", "conflict", "undecided", "diverged", "moved",
                        "in_the_way", "busy", "unknown_branch")
                ),
                ("old", described(nullable(objectID), "Where the branch was found")),
                ("new", described(nullable(objectID), "Where it is now, when it holds the result")),
                ("paths", described(list(text), "What conflicts, or is in the way")),
                ("worktree", described(nullable(text), "Where something is in the way")),
                ("backup", described(nullable(text), "A ref at old")),
                (
                    "detail",
                    described(
                        nullable(text),
                        "The reason, the operation in progress, the commit of a conflict, or where "
                            + "the branch was expected")
                ),
            ])
    }

    static var stop: JSON {
        document(
            "treeguild.stop/1",
            [
                ("run", slug), ("task", nullable(slug)),
                (
                    "status",
                    word(
                        "running", "completed", "failed", "interrupted", "killed", "skipped")
                ),
            ])
    }

    static var shownTask: JSON {
        document(
            "treeguild.task/1",
            [
                ("run", slug), ("task", task),
                ("diff", described(text, "The patch from its base to its head")),
                ("log", described(text, "The end of what its program wrote")),
                ("transcript", described(list(object([])), "Each step of its model worker")),
            ], optional: ["diff", "log", "transcript"])
    }
}
