import Git
package import Base
package import Coordination
import Merging
package import Store

/// The report on a run for people: tasks, overlap, merge, checks, clean-up, and what to do next.
package struct RunReport: Sendable {
    private let summary: RunSummary

    /// Takes what the ledger says of a run, whether it has ended or not.
    package init(_ summary: RunSummary) { self.summary = summary }

    /// Lines for a terminal; empty lines part the sections.
    package var lines: [StyledText] {
        var out: [StyledText] = [headline, ""]
        out += tasks
        out += models
        if let overlap = summary.integration?.overlap, !overlap.pairs.isEmpty {
            out += [""] + OverlapText(overlap).summary
        }
        if let integration = summary.integration, !integration.steps.isEmpty {
            out += [""] + merge(integration)
        }
        let kept = summary.fates.filter { $0.action != .removed || $0.ref != nil }
        out += [""] + cleanup(kept)
        let absent = RunReport.lines(absentSubmodules: summary.submodules)
        out += (absent.isEmpty ? [] : [""] + absent) + sandbox + warnings
        return out + next.map { ["", $0] }.joined()
    }

    private var headline: StyledText {
        let state: StyledText =
            switch summary.status {
            case .completed: "\("completed", .green, .bold)"
            case .failed: "\("not all done", .red, .bold)"
            case .interrupted: "\("interrupted", .yellow, .bold)"
            case .running: "\("running", .cyan, .bold)"
            }
        let elapsed = (summary.ended ?? .now).seconds(since: summary.started)
        return
            "Run \(summary.run, .bold): \(state) in \(Text.elapsed(seconds: elapsed)), base \(summary.base.short)"
    }

    private var tasks: [StyledText] {
        let width = summary.tasks.map { Text.width($0.task.description) }.max() ?? 0
        return summary.tasks.map { row in
            let name = Text.pad(row.task.description, to: width)
            return "  \(RunReport.mark(row.status)) \(name)  \(RunReport.note(row))"
        }
    }

    /// What the models of tasks and verifiers used together; nothing where none worked.
    private var models: [StyledText] {
        let used = summary.tasks.compactMap { $0.data["usage"] } + summary.verifiers.map(\.usage)
        guard let words = UsageText.words(used) else { return [] }
        let denials = summary.tasks.reduce(0) { $0 + ($1.data["denials"]?.intValue ?? 0) }
        let limit = UsageText.words(budget: summary.budget).map { "; budget \($0)" } ?? ""
        let refused = denials == 0 ? "" : ", \(Text.count(denials, "call")) not allowed"
        return [
            "",
            "\("Models", .bold): \(words)\(refused)\(limit)",
        ]
    }

    /// One sign per state.
    package static func mark(_ status: TaskRow.Status) -> StyledText {
        switch status {
        case .pending: "\("·", .dim)"
        case .running: "\("▸", .cyan)"
        case .completed: "\("✓", .green)"
        case .failed: "\("✗", .red)"
        case .killed: "\("■", .red)"
        case .skipped: "\("–", .yellow)"
        }
    }

    /// A task's result in a few words.
    package static func note(_ row: TaskRow) -> StyledText {
        switch row.status {
        case .completed where row.data["outcome"]?.stringValue == "unchanged":
            return "\("nothing changed", .dim)"
        case .completed:
            let files = Text.count(row.data["files"]?.intValue ?? 0, "file")
            return "\(files) \("+\(row.data["insertions"]?.intValue ?? 0)", .green) "
                + "\("-\(row.data["deletions"]?.intValue ?? 0)", .red)  \(row.data["branch"]?.stringValue ?? "", .dim)"
        default:
            let message = reason(row)
            return "\(row.status.rawValue)\(message.isEmpty ? "" : ": " + message)"
        }
    }

    /// Why a task did not complete; empty where there is no more to say than its status.
    static func reason(_ row: TaskRow) -> String {
        row.data["error"]?["message"]?.stringValue ?? ""
    }

    private func merge(_ integration: Integration) -> [StyledText] {
        var out: [StyledText] = ["\("Merge", .bold)"]
        for step in integration.steps {
            switch step.kind {
            case .merged: out.append("  \("✓", .green) \(step.name)")
            case .contained:
                out.append("  \("✓", .green) \(step.name)  \("comes with another branch", .dim)")
            case .resolved:
                let by = Set(step.resolutions.map(\.by.rawValue)).sorted().joined(separator: ", ")
                let places = step.resolutions.map(\.region).joined(separator: ", ")
                out.append("  \("✓", .green) \(step.name)  resolved (\(by)): \(places)")
            case .excluded: out.append("  \("✗", .red) \(step.name)  left out: \(step.reason)")
            }
        }
        for check in integration.checks {
            let sign: StyledText =
                check.status == .passed ? "\("✓", .green)" : "\("✗", .red)"
            out.append(
                "  \(sign) check \(check.name): \(check.status.rawValue) in \(Text.elapsed(seconds: check.seconds))"
            )
        }
        let verdict: StyledText =
            switch integration.verdict {
            case .passed: "\("passed", .green)"
            case .failed: "\("failed", .red)"
            case .unknown: "\("unknown", .yellow)"
            case .none: "\("none: no checks are named", .dim)"
            }
        out.append(
            "  verdict: \(verdict)\(integration.evidence.isEmpty ? "" : ", " + integration.evidence)"
        )
        return out
    }

    private func cleanup(_ fates: [TreeFate]) -> [StyledText] {
        let removed = summary.fates.filter { $0.action == .removed }.count
        var out: [StyledText] = ["\("Trees", .bold): \(Text.count(removed, "tree")) removed"]
        for fate in fates {
            let place = fate.ref.map { ", saved as \($0)" } ?? ""
            out.append("  \(fate.name): \(fate.action.rawValue), \(fate.reason)\(place)")
        }
        return out
    }

    /// What was missing of the sandbox, and who else changed the repository.
    private var sandbox: [StyledText] {
        var out: [StyledText] = summary.sandbox.gaps.map { "\("Sandbox", .bold): \($0)" }
        for change in summary.sandbox.changes {
            let paths = (change["paths"]?.arrayValue ?? []).compactMap(\.stringValue)
            let more = (change["count"]?.intValue ?? 0) - min(paths.count, 5)
            let names =
                paths.prefix(5).map { Text.visible($0) }.joined(separator: ", ")
                + (more > 0 ? " and \(more) more" : "")
            switch change["by"]?.stringValue {
            case "worker":
                out.append(
                    "\("Escaped", .red, .bold): \(change["task"]?.stringValue ?? "a command") changed \(names)"
                )
            case "unknown":
                out.append(
                    "\("Changed meanwhile", .yellow), by a worker or by you: \(names)")
            default: out.append("\("Changed meanwhile", .dim), not by a worker: \(names)")
            }
        }
        return out.isEmpty ? [] : [""] + out
    }

    private var warnings: [StyledText] {
        guard !summary.warnings.isEmpty else { return [] }
        let head: StyledText = "\("Warnings", .yellow, .bold)"
        return ["", head]
            + summary.warnings.map { warning in
                "  \(Text.visible(warning["message"]?.stringValue ?? ""))"
            }
    }

    /// A line for each submodule that is an empty folder in trees, and how to have them there.
    ///
    /// - Parameter submodules: `{path, reason}` each.
    package static func lines(absentSubmodules submodules: [JSON]) -> [StyledText] {
        guard !submodules.isEmpty else { return [] }
        let lines: [StyledText] = submodules.map { submodule in
            let path = Text.visible(submodule["path"]?.stringValue ?? "")
            return "  \(path): \(submodule["reason"]?.stringValue ?? "")"
        }
        let head: StyledText = "\("Submodules", .bold) that are empty folders in trees:"
        return [head] + lines + [
            "  have them with: \("git submodule update --init --recursive", .bold)"
        ]
    }

    private var next: [StyledText] {
        if summary.status == .interrupted {
            let why = summary.reason.map { ": \($0.message)" } ?? ""
            return [
                "\("Interrupted", .yellow, .bold)\(why)",
                "Go on with: \("treeguild resume \(summary.run)", .bold)",
            ]
        }
        guard let branch = summary.integration?.branch else { return [] }
        let short = Coordinator.short(branch)
        let command = "treeguild land \(summary.run) --onto BRANCH"
        return summary.status == .completed
            ? ["Result: \(short, .bold)", "Land it with: \(command, .bold)"]
            : [
                "Result, of what is done: \(short, .bold)",
                "Land it all the same with: \(command + " --partial", .bold)",
            ]
    }
}
