extension CommandTable {
    /// Commands about branches, with or without a run.
    static let merging: [CommandDefinition] = [overlap, merge, land]

    private static let overlap = CommandDefinition(
        name: "overlap", purpose: "Find overlapping hunks between branches, worktrees and patches",
        details: [
            "Compares every branch with the base and shows where two or more touch the same "
                + "lines, and which pairs would conflict. Works in any repository and changes "
                + "nothing.",
            "What merges may still not fit together: changes close to each other or in one "
                + "function, a changed definition and a new use of it, the same new line twice, "
                + "migrations with one number, lock files and schemas. Those are listed apart as "
                + "risks; they are no conflicts and change no exit code.",
            "With --watch the report follows branches and worktrees until it is interrupted, "
                + "which is its normal end: exit 0. With --json every change is a whole report "
                + "on a line of its own.",
        ],
        positionals: [
            PositionalDefinition(
                name: "BRANCH", kind: .branch, isRepeated: true, help: "Branches to compare")
        ],
        options: [
            .value(
                "base", short: "b", "REV", .revision, default: "their merge base",
                "The commit to compare with"),
            .flag(
                "worktrees", short: "w", "Compare the linked worktrees, uncommitted work included"),
            .value("patch", short: "p", "FILE", .file, "Compare a patch file as well").repeated,
            .flag(
                "unrelated", "Compare what has no common ancestor, as if all began with nothing"),
            .flag("no-risks", "Look for conflicts alone"),
            .value(
                "sarif", "FILE", .file,
                "Write conflicts and risks as SARIF 2.1.0 as well; - is standard output"),
            .flag("watch", "Go on, and print what changes"),
        ],
        examples: [
            .init(line: "treeguild overlap topic-a topic-b topic-c", meaning: "Compare branches"),
            .init(
                line: "treeguild overlap --worktrees --json",
                meaning: "What are the workers about to collide on?"),
            .init(
                line: "treeguild overlap --worktrees --watch",
                meaning: "The same, as it changes, until Ctrl-C"),
            .init(
                line: "treeguild overlap --base origin/main --sarif overlap.sarif a b",
                meaning: "A report for code scanning"),
        ],
        exits: [
            (.done, "no pair conflicts"),
            (.notDone, "a pair conflicts, or it could not be decided"),
        ],
        run: overlapCommand)

    private static let merge = CommandDefinition(
        name: "merge", purpose: "Merge branches in the best order into a new one",
        details: [
            "Chooses the order, merges in memory, lets a verifier resolve what is left, runs the "
                + "checks, and moves no branch but the one it makes."
        ],
        positionals: [
            PositionalDefinition(
                name: "BRANCH", kind: .branch, isRequired: true, isRepeated: true,
                help: "Branches to merge")
        ],
        options: [
            .value(
                "base", short: "b", "REV", .revision, default: "their merge base",
                "The commit that the result starts from"),
            .value(
                "into", "NAME", .text, default: "treeguild/RUN/merged",
                "The result's branch, which must not exist"),
            Shared.check, Shared.verifier, Shared.model, Shared.noSandbox,
        ],
        examples: [
            .init(
                line: "treeguild merge topic-a topic-b --check test='make test'",
                meaning: "Merge two branches, keep the result when the tests pass")
        ],
        exits: [(.notDone, "a conflict is left, a check failed, or the verdict is not passed")],
        run: mergeCommand)

    private static let land = CommandDefinition(
        name: "land", purpose: "Move a branch to a result",
        details: [
            "Moves the branch only if it is still where it was when the result was made. "
                + "Uncommitted work in a worktree of the branch is kept, or the landing refused. "
                + "The result of a run of which a task or check failed, or a branch was left out, "
                + "lands only with --partial."
        ],
        positionals: [
            PositionalDefinition(
                name: "RUN|BRANCH", kind: .runOrBranch,
                help: "A run's result or any branch; without it the latest run's")
        ],
        options: [
            OptionDefinition.value("onto", "BRANCH", .branch, "The branch to move").required,
            Shared.strategy,
            .flag("partial", "Land what there is of a run that is not all done"),
        ],
        examples: [
            .init(
                line: "treeguild land --onto main --strategy squash",
                meaning: "One commit on main with the latest result")
        ],
        exits: [
            (.notDone, "the result does not merge with the branch"),
            (
                .refused,
                "the branch has moved, uncommitted work is in the way, or the run is not all done"
            ),
        ],
        run: landCommand)
}
