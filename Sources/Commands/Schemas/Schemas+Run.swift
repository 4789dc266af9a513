import Base
import Coordination

extension Schemas {
    static var run: JSON {
        document(
            "treeguild.run/1",
            [
                ("run", slug), ("base", objectID),
                ("status", word("running", "completed", "failed", "interrupted")),
                ("interruption", described(nullable(interruption), "Null unless interrupted")),
                ("started", time),
                ("ended", nullable(time)), ("tasks", list(task)),
                ("usage", described(usage, "Of all tasks and verifiers")),
                ("budget", described(nullable(usedBudget), "What all of them may use")),
                ("overlap", nullable(overlap)),
                ("merge", nullable(merge)), ("cleanup", list(cleanup)),
                ("sandbox", nullable(sandbox)),
                (
                    "submodules",
                    described(
                        list(object([("path", text), ("reason", text)])),
                        "Those that are empty folders in trees")
                ),
                (
                    "warnings",
                    described(
                        list(
                            object([
                                ("task", nullable(slug)),
                                ("about", word("setup", "teardown", "commits", "branch", "secret")),
                                ("message", text),
                            ])), "What went wrong and held nothing up")
                ),
            ], optional: ["interruption", "usage", "budget", "sandbox", "submodules", "warnings"])
    }

    private static var interruption: JSON {
        let words = StopReason.Code.allCases.map { JSON.string($0.rawValue) }
        return object([("code", ["enum": .array(words)]), ("message", text)])
    }

    static var task: JSON {
        object(
            [
                ("id", slug), ("kind", text),
                ("status", word("pending", "running", "completed", "failed", "killed", "skipped")),
                ("outcome", ["enum": ["changed", "unchanged", .null]]), ("branch", nullable(text)),
                ("head", nullable(objectID)), ("commits", count), ("files", count),
                ("insertions", count), ("deletions", count), ("attempts", count),
                ("seconds", amount), ("checks", list(check)), ("usage", usage),
                ("summary", nullable(text)), ("worktree", nullable(text)),
                ("error", nullable(object([("code", text), ("message", text)]))),
                ("denials", described(count, "Calls of a model that were not allowed")),
                ("budget", described(nullable(usedBudget), "What its models may use together")),
            ], optional: ["denials", "budget"])
    }

    private static var check: JSON {
        object([
            ("name", text), ("status", word("passed", "failed", "error", "skipped")),
            ("exit", nullable(integer)), ("seconds", amount),
            ("log", described(nullable(text), "Path of the file that holds what it printed")),
        ])
    }

    private static var usage: JSON {
        object(
            [
                ("input_tokens", count), ("output_tokens", count), ("cache_read_tokens", count),
                ("cache_creation_tokens", count),
                ("cost_usd", described(nullable(amount), "Null where nobody knows")),
                ("cost_estimated", described(flag, "Some of it is what the tokens cost by list")),
                ("tool_uses", count), ("turns", described(count, "Answers of a model")),
            ], optional: ["turns", "cost_estimated"])
    }

    private static var usedBudget: JSON {
        let members = [("usd", amount), ("tokens", count), ("turns", count), ("minutes", amount)]
        return object(members, optional: Set(members.map(\.0)))
    }

    private static var merge: JSON {
        let verdict = word("passed", "failed", "unknown", "none")
        let region = described(count, "Index into overlap.regions")
        return object([
            ("branch", nullable(text)), ("head", nullable(objectID)), ("included", list(slug)),
            (
                "excluded",
                list(object([("task", slug), ("reason", text), ("regions", list(region))]))
            ),
            (
                "resolutions",
                list(
                    object([
                        ("region", region), ("by", word("identical", "mechanical", "verifier")),
                        ("kept", anyObject),
                    ]))
            ),
            ("verdict", verdict),
            (
                "verifiers",
                list(
                    object(
                        [
                            ("agent", text), ("verdict", verdict), ("evidence", nullable(text)),
                            ("task", described(slug, "The branch that it resolved")),
                            ("usage", usage),
                        ], optional: ["task", "usage"]))
            ),
        ])
    }

    private static var sandbox: JSON {
        object([
            ("enabled", described(flag, "False when it was switched off")),
            ("landlock", described(count, "The ABI in use; 0 for none")),
            ("hides", described(flag, "Whether secrets and other trees were out of sight")),
            ("network", word("none", "loopback", "all")), ("processes", nullable(count)),
            ("memory", nullable(count)), ("gaps", list(text)),
            (
                "changes",
                list(
                    object([
                        ("task", nullable(slug)), ("by", word("worker", "unknown", "user")),
                        ("paths", list(text)), ("count", count),
                    ]))
            ),
        ])
    }

    private static var cleanup: JSON {
        object([
            ("task", slug), ("action", word("removed", "kept", "preserved")), ("reason", text),
            ("ref", described(nullable(text), "The ref that keeps what was removed")),
        ])
    }

    static var status: JSON {
        let result = object([("branch", text), ("head", objectID)])
        let shortTask = object([
            ("id", slug),
            ("status", word("pending", "running", "completed", "failed", "killed", "skipped")),
            ("outcome", ["enum": ["changed", "unchanged", .null]]), ("branch", nullable(text)),
            ("head", nullable(objectID)), ("worktree", nullable(text)), ("attempts", count),
            ("seconds", amount),
        ])
        let run = object(
            [
                ("run", slug), ("base", objectID),
                ("status", word("running", "completed", "failed", "interrupted")),
                ("interruption", nullable(interruption)),
                ("started", time), ("ended", nullable(time)), ("tasks", list(shortTask)),
                ("result", nullable(result)),
            ], optional: ["interruption"])
        return document("treeguild.status/1", [("runs", list(run))])
    }

    static var event: JSON {
        document(
            "treeguild.event/1",
            [
                ("seq", count), ("time", time), ("run", slug), ("task", nullable(slug)),
                ("actor", text), ("kind", text), ("data", anyObject), ("mac", nullable(text)),
            ], optional: ["schema"])
    }

    static var clean: JSON {
        let tree = object([
            ("task", text), ("action", word("removed", "kept", "preserved")), ("reason", text),
            ("ref", nullable(text)),
        ])
        let branch = object([
            ("name", text), ("action", word("removed", "kept")), ("reason", text),
            ("ref", nullable(text)),
        ])
        return document(
            "treeguild.clean/1",
            [
                (
                    "runs",
                    list(
                        object([("run", slug), ("trees", list(tree)), ("branches", list(branch))]))
                ), ("warnings", list(text)),
            ])
    }

    static var undo: JSON {
        let item = object([
            ("run", slug), ("name", text), ("worktree", nullable(text)),
            ("branch", nullable(text)),
            ("problem", described(text, "What did not come back, and why; empty when all did")),
        ])
        return document(
            "treeguild.undo/1",
            [("run", nullable(slug)), ("runs", list(slug)), ("restored", list(item))])
    }
}
