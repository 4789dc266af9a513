import Base
import Processes
import SQLite
import Store
import Tasks
import Testing

@testable import Commands

/// Sentences for what the ledger, processes and plans refuse.
struct LandErrorsTests {
    private static let path = AbsolutePath("/r/.git/treeguild/ledger.db")!
    private static let effect = EffectKey(run: RunID("r")!, kind: "tree.create", key: "a/1")

    @Test(arguments: [
        (StoreError.newerVersion(found: 3, known: 1), ExitCode.notDone, "update treeguild"),
        (.notWritable(path: path, code: 30), .notDone, "Read-only file system"),
        (.full(path: path), .notDone, "make room"),
        (.corrupt(path: path, detail: "head"), .notDone, "/r/.git/treeguild/ledger.db"),
        (.keyUnusable(path: path), .notDone, "key"),
        (.file(FileError("open", "/x", code: 13)), .notDone, "Permission denied"),
        (.database(SQLiteError(code: 5, message: "locked", sql: "x")), .notDone, "try again"),
        (.database(SQLiteError(code: 1, message: "odd", sql: "x")), .notDone, "odd"),
        (.taken(RunID("r")!), .usage, "treeguild resume r"),
        (.unknownRun(RunID("r")!), .usage, "'r'"),
        (.ended(RunID("r")!, status: .failed), .notDone, "failed"),
        (.effectNotBegun(effect), .fault, "tree.create a/1"),
    ])
    func `every error of the ledger says what and what to do`(
        error: StoreError, exit: ExitCode, words: String
    ) {
        let told = CommandError(error)
        #expect(told.exit == exit)
        #expect([told.message, told.hint ?? ""].joined(separator: "\n").contains(words))
    }

    @Test(arguments: [
        ProcessError.refused(operation: "open", path: "/x", code: 13),
        .refused(operation: "pipe", path: "", code: 24),
        .outputTooLarge(program: "git", limit: 64 << 20), .malformedStatus(path), .supervisorLost,
    ])
    func `every error of a process has a sentence of one line`(error: ProcessError) {
        let told = CommandError(error)
        #expect(told.exit == .notDone)
        #expect(!told.message.isEmpty && !told.message.contains("\n"))
    }

    @Test func `a plan's mistakes are lines with file, place, what is there and what should be`()
        throws
    {
        let text = """
            version: 1
            jbos: 4
            tasks:
              - {id: a, command: x, after: [b]}
              - {id: a, command: x}
              - {id: c, command: x, timeout: soon}
            """
        guard
            case .failure(let errors) = PlanLoader.load(
                text: text.utf8, name: "plan.yaml", readFile: { _ in nil })
        else {
            Issue.record("the plan is accepted")
            return
        }
        let told = CommandError(errors)
        #expect(told.exit == .usage)
        #expect(told.details.count == errors.problems.count)
        #expect(
            told.details[0] == "plan.yaml:2:1: jbos: unknown key \"jbos\", did you mean \"jobs\"?")
        #expect(
            told.details.contains {
                $0.hasPrefix("plan.yaml:4:33: tasks[0].after[0]: found \"b\", expected ")
            })
        #expect(told.details.contains { $0.contains("stands at tasks[0].id already") })
    }
}
