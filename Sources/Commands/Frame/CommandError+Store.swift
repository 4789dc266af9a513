import Base
import SQLite
import Store

extension CommandError {
    static let noRuns = CommandError(
        .usage, "no_runs", "no run was ever made in this repository",
        hint: "treeguild run PLAN makes one")

    static func unknownRun(_ name: String, known: [String]) -> CommandError {
        let nearest = Spelling.nearest(to: name, in: known)
        return CommandError(
            .usage, "unknown_run", "there is no run '\(name)'",
            hint: nearest.map { "did you mean '\($0)'?" } ?? "treeguild status lists the runs")
    }

    static func unknownTask(_ name: String, run: String, known: [String]) -> CommandError {
        let nearest = Spelling.nearest(to: name, in: known)
        return CommandError(
            .usage, "unknown_task",
            name.isEmpty ? "no task is named" : "run \(run) has no task '\(name)'",
            hint: nearest.map { "did you mean '\(run)/\($0)'?" } ?? "treeguild status \(run)")
    }

    static func notRunning(_ what: String, _ status: String) -> CommandError {
        CommandError(.notDone, "not_running", "\(what) is not running: it is \(status)")
    }

    static func interruptedAlready(_ run: RunID) -> CommandError {
        CommandError(
            .notDone, "interrupted_already",
            "run \(run) is interrupted already: nobody works on it",
            hint: "it goes on with: treeguild resume \(run)")
    }
}

extension StoreError: CommandErrorConvertible {
    var commandError: CommandError {
        switch self {
        case .newerVersion(let found, let known):
            CommandError(
                .notDone, "ledger_newer",
                "a later treeguild made the ledger (version \(found), this one knows \(known))",
                hint: "update treeguild")
        case .notWritable(let path, let code):
            CommandError(
                .notDone, "ledger_not_writable",
                "cannot write the ledger \(path): \(FileError("", "", code: code).reason)",
                hint: "look at its owner and mode, and those of the folder that it is in")
        case .full(let path):
            CommandError(
                .notDone, "ledger_full", "no room for the ledger \(path)",
                hint: "make room, then go on with: treeguild resume")
        case .corrupt(let path, let detail):
            CommandError(
                .notDone, "ledger_damaged", "the ledger \(path) is damaged: \(detail)",
                hint: "keep its whole folder, then move it away; branches, trees and everything "
                    + "under refs/treeguild are not in it and stay")
        case .keyUnusable(let path):
            CommandError(
                .notDone, "ledger_key", "the ledger's key \(path) is missing or not its key",
                hint: "put the right key back, or move the whole folder away to begin anew")
        case .file(let error): error.commandError
        case .database(let error):
            CommandError(
                .notDone, error.isBusy ? "ledger_busy" : "ledger",
                error.isBusy
                    ? "another process holds the ledger for too long"
                    : "the ledger failed: \(error.message)",
                hint: error.isBusy ? "try again" : "treeguild doctor")
        case .unreadable(let error):
            CommandError(.fault, "unreadable_value", "a value cannot be recorded: \(error)")
        case .taken(let run):
            CommandError(
                .usage, "run_taken", "there is a run '\(run)' already",
                hint: "choose another name, or go on with: treeguild resume \(run)")
        case .unknownRun(let run): .unknownRun("\(run)", known: [])
        case .ended(let run, let status):
            CommandError(.notDone, "run_ended", "run \(run) has ended: \(status.rawValue)")
        case .effectNotBegun(let effect), .effectDone(let effect, _):
            CommandError(
                .fault, "ledger_order", "the ledger has another story of \(effect.words)",
                hint: "was the run taken over by another treeguild? treeguild log \(effect.run)")
        }
    }
}

extension EffectKey {
    fileprivate var words: String { "\(kind) \(key) of run \(run)" }
}
