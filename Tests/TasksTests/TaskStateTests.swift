import Base
import Tasks
import Testing

struct TaskStateTests {
    private static let reason = FailureReason(.exit, "status 1")

    private static func states() throws -> [TaskState] {
        [
            .initial, .pending(attempt: 2), .running(attempt: 1), .running(attempt: 2),
            .completed(changed: true), .completed(changed: false), .failed(reason, attempts: 2),
            .killed, .skipped(because: try #require(TaskID("a"))),
        ]
    }

    /// What each event makes of each state; nil is refused.
    @Test func `each event leads where the table says`() throws {
        let cause = try #require(TaskID("b"))
        typealias Event = (inout TaskState) throws -> Void
        let events: [(String, Event, (TaskState) -> TaskState?)] = [
            (
                "started", { try $0.started() },
                {
                    if case .pending(let attempt) = $0 { .running(attempt: attempt) } else { nil }
                }
            ),
            (
                "completed", { try $0.completed(changed: true) },
                {
                    $0.isRunning ? .completed(changed: true) : nil
                }
            ),
            (
                "failed", { try $0.failed(Self.reason, retries: 1) },
                {
                    switch $0 {
                    case .running(attempt: 1): .pending(attempt: 2)
                    case .running(let attempt): .failed(Self.reason, attempts: attempt)
                    default: nil
                    }
                }
            ),
            ("killed", { try $0.killed() }, { $0.isTerminal ? nil : .killed }),
            (
                "skipped", { try $0.skipped(because: cause) },
                {
                    $0.status == .pending ? .skipped(because: cause) : nil
                }
            ),
            (
                "interrupted", { try $0.interrupted() },
                {
                    if case .running(let attempt) = $0 { .pending(attempt: attempt) } else { nil }
                }
            ),
            ("revived", { try $0.revived() }, { $0.isTerminal ? .initial : nil }),
        ]
        for (name, event, expected) in events {
            for state in try Self.states() {
                var next = state
                if let target = expected(state) {
                    try event(&next)
                    #expect(next == target, "\(name) from \(state)")
                } else {
                    let error = #expect(throws: InvalidTransition.self) { try event(&next) }
                    #expect(error?.from == state)
                    #expect(error?.event == name)
                    #expect(next == state)
                }
            }
        }
    }

    @Test(arguments: FailureCode.allCases)
    func `a failure is tried again as often as its task and its reason allow`(
        code: FailureCode
    ) throws {
        var state = TaskState.initial
        var attempts = 0
        while !state.isTerminal {
            #expect(try state.started() == attempts + 1)
            attempts += 1
            try state.failed(FailureReason(code), retries: 3)
        }
        #expect(attempts == (code.isRetryable ? 4 : 1))
        #expect(state == .failed(FailureReason(code), attempts: attempts))
    }

    @Test func `a state read back from its JSON is the same`() throws {
        for state in try Self.states() {
            #expect(TaskState(json: state.json) == state)
            #expect(state.json["status"]?.stringValue == state.status.rawValue)
        }
        for json: JSON in [
            .null, [:], ["status": "lost"], ["status": "failed"], ["status": "running"],
        ] {
            #expect(TaskState(json: json) == nil)
        }
    }
}
