extension CommandTable {
    /// Commands about runs.
    static let runs: [CommandDefinition] = [
        run, resume, stop, send, status, watch, log, show, clean, undo,
    ]

    private static let run = CommandDefinition(
        name: "run", purpose: "Run a plan: workers in worktrees, then one merged branch",
        details: [
            "Gives every task of a plan a branch and a temporary worktree, runs its worker there, "
                + "finds the hunks that overlap, merges in memory, lets a fresh verifier resolve "
                + "what is left, and makes the branch treeguild/RUN/merged. Trees that nobody "
                + "changed go; what a worker wrote is never lost.",
            "PLAN is a YAML, JSON or Markdown file. Without it the tasks come from --task and "
                + "--command; with it they are added to the plan's.",
        ],
        positionals: [PositionalDefinition(name: "PLAN", kind: .file, help: "The plan's file")],
        options: [
            .value(
                "task", short: "t", "ID=TEXT", .assignment, "Add a task that an agent works on"
            ).repeated,
            .value(
                "command", short: "c", "ID=CMD", .assignment, "Add a task that a command does"
            ).repeated,
            .value(
                "agent", short: "a", "NAME", .text, default: "the plan's", setting: "agent",
                "Who works on tasks that do not say"),
            Shared.model, Shared.base,
            .value(
                "jobs", short: "j", "N", .number, default: "cores, at most 8; models 8",
                setting: "jobs",
                "Workers at a time"),
            Shared.check, Shared.verifier,
            .value("land", "BRANCH", .branch, "Land the result on this branch when it is done"),
            Shared.strategy,
            .value(
                "budget", "USD", .money, default: "no limit", setting: "budget",
                "What the run may cost"),
            .value(
                "timeout", "DURATION", .duration, default: "none", setting: "timeout",
                "How long a worker may take"),
            .value("run-id", "ID", .text, default: "time and chance", "The run's name"),
            Shared.noSandbox,
            .flag("keep-trees", "Leave the worktrees of finished tasks in place"),
            .flag("no-reuse", "Make every worktree anew"),
            .flag("allow-nested", "Start a run although this is a worker's tree"),
            .flag("dry-run", short: "n", "Print what would be done, and do nothing"),
        ],
        examples: [
            .init(line: "treeguild run plan.yaml", meaning: "Run a plan"),
            .init(
                line:
                    "treeguild run -c docs='make docs' -c fmt='make format' --check test='make test'",
                meaning: "Two commands side by side, merged when the tests pass"),
            .init(
                line: "treeguild run plan.yaml --dry-run --json",
                meaning: "See what would be started, as JSON"),
        ],
        exits: [
            (.notDone, "a task or check failed, a conflict is left, or the verdict is not passed"),
            (.usage, "the plan has errors; nothing was touched"),
        ],
        run: runCommand)

    private static let resume = CommandDefinition(
        name: "resume", purpose: "Go on with an interrupted run",
        details: [
            "Takes up a run whose program ended early. What was finished is not done again; "
                + "workers that were cut off start anew in their own trees."
        ],
        positionals: [runArgument],
        examples: [
            .init(line: "treeguild resume", meaning: "Go on with the latest interrupted run")
        ],
        exits: [(.notDone, "as for run, or there is no run to go on with")],
        run: resumeCommand)

    private static let stop = CommandDefinition(
        name: "stop", purpose: "Stop a run or one of its tasks",
        details: [
            "Workers are asked to end, then ended. What they wrote is kept; a stopped run can be "
                + "resumed."
        ],
        positionals: [
            PositionalDefinition(
                name: "RUN|RUN/TASK", kind: .runOrTask,
                help: "The run, or one task of it; without it the one run that is running")
        ],
        examples: [
            .init(
                line: "treeguild stop 20260102-030405-x7k2/docs",
                meaning: "Stop one worker, let the others go on")
        ],
        run: stopCommand)

    private static let send = CommandDefinition(
        name: "send", purpose: "Say something to a model worker, while it works or afterwards",
        details: [
            "The worker reads it before its next turn; nothing that runs is interrupted. What is sent "
                + "to an interrupted run is read after treeguild resume.",
            "A worker that has ended goes on with its whole context. A stopped one does so while its run "
                + "works on others; otherwise treeguild resume takes the run up for it: in its worktree, or "
                + "one made with the work that it had, and then all is merged again.",
        ],
        positionals: [
            PositionalDefinition(
                name: "RUN/TASK", kind: .runOrTask, isRequired: true, help: "Whom to say it to"),
            PositionalDefinition(
                name: "TEXT", kind: .text, isRequired: true, isRepeated: true, help: "What to say"),
        ],
        examples: [
            .init(
                line: "treeguild send 20260102-030405-x7k2/docs Leave the old pages in place",
                meaning: "Steer one worker")
        ],
        run: sendCommand)

    private static let watch = CommandDefinition(
        name: "watch", purpose: "Follow a run: what each of its workers is doing",
        details: [
            "On a terminal one line a task, redrawn in place; elsewhere a line for each step. Ends with "
                + "the run. With --json every line is one document of treeguild.event/1."
        ],
        positionals: [runArgument],
        examples: [.init(line: "treeguild watch", meaning: "Watch the latest run")],
        run: watchCommand)

    private static let status = CommandDefinition(
        name: "status", purpose: "Show runs, their tasks and trees",
        positionals: [
            PositionalDefinition(name: "RUN", kind: .run, help: "One run; without it all of them")
        ],
        options: [.flag("names", isHidden: true, "Print names of runs only, one a line")],
        examples: [.init(line: "treeguild status --json", meaning: "All runs, as JSON")],
        run: statusCommand)

    private static let log = CommandDefinition(
        name: "log", purpose: "Print the events of a run",
        details: ["With --json every line is one document of treeguild.event/1."],
        positionals: [runArgument],
        options: [
            .value("task", "ID", .text, "Only events of this task"),
            .value("kind", "KIND", .text, "Only events of this kind"),
            .value("since", "SEQ", .sequence, default: "0", "Only events after this number"),
            .flag("follow", short: "f", "Wait for more events until the run ends"),
        ],
        examples: [
            .init(line: "treeguild log --follow", meaning: "Watch the latest run"),
            .init(
                line: "treeguild log --json --task docs --since 120",
                meaning: "What happened to one task since event 120"),
        ],
        run: logCommand)

    private static let show = CommandDefinition(
        name: "show", purpose: "Show one task: its state, diff, transcript or log",
        positionals: [
            PositionalDefinition(
                name: "RUN/TASK", kind: .runOrTask, isRequired: true,
                help: "The task; TASK alone means the latest run's")
        ],
        options: [
            .flag("diff", "Print what it changed, as a patch"),
            .flag("transcript", "Print what its agent said and did"),
            .flag("log", "Print what its program wrote"),
        ],
        exclusive: [["diff", "transcript", "log"]],
        examples: [
            .init(
                line: "treeguild show 20260102-030405-x7k2/docs --diff",
                meaning: "The patch of one task")
        ],
        run: showCommand)

    private static let clean = CommandDefinition(
        name: "clean", purpose: "Remove trees and branches of finished runs",
        details: [
            "What is not in the base is preserved under refs/treeguild/preserved first, and undo "
                + "brings it back. A tree that cannot be looked at stays, and so does one that "
                + "holds what no commit can: a pipe, a socket, a repository of its own, settings "
                + "that its worker changed. --discard removes it: what can be preserved is, and "
                + "the output names what is lost."
        ],
        positionals: [
            PositionalDefinition(
                name: "RUN", kind: .run, help: "One run; without it every finished one")
        ],
        options: [
            .value(
                "older", "DURATION", .duration, default: "any age",
                "Only runs that ended at least that long ago"),
            .value(
                "discard", "TREE", .text,
                "Remove this tree of RUN although something in it cannot be saved"
            ).repeated,
        ],
        examples: [
            .init(line: "treeguild clean --older 7d", meaning: "Remove what ended a week ago")
        ],
        exits: [(.notDone, "something is left, and the output says what and why")],
        run: cleanCommand)

    private static let undo = CommandDefinition(
        name: "undo", purpose: "Bring back what was removed",
        details: [
            "Without an argument: what the last command that removed anything took, and nothing "
                + "else. That is all of a clean, of however many runs, or the trees that a run "
                + "removed at its end. With RUN or RUN/TASK: all that was ever removed of it. A "
                + "tree comes back with its uncommitted work; nothing in the way is touched."
        ],
        positionals: [
            PositionalDefinition(
                name: "RUN[/TASK]", kind: .runOrTask,
                help: "The run or one task of it; without it the latest removal")
        ],
        examples: [.init(line: "treeguild undo", meaning: "Take the latest removal back")],
        exits: [
            (.notDone, "there is nothing to bring back, or not all came back: the output says what")
        ],
        run: undoCommand)
}
