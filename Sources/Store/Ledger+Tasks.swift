package import Base
import SQLite

/// One task of a run as recorded last.
package struct TaskRow: Equatable, Sendable {
    /// The run whose plan names the task.
    package let run: RunID
    /// Unique within the run.
    package let task: TaskID
    /// As the caller recorded it; the ledger knows no order of states.
    package let status: Status
    /// What goes with the status, such as the branch, or the error and its message.
    package let data: JSON
    /// When the row last changed.
    package let updated: Timestamp

    /// A row as the ledger would give it, for a task that it knows nothing of yet.
    package init(run: RunID, task: TaskID, status: Status, data: JSON, updated: Timestamp) {
        self.run = run
        self.task = task
        self.status = status
        self.data = data
        self.updated = updated
    }

    /// Where a task stands.
    package enum Status: String, Sendable, CaseIterable {
        case pending, running, completed, failed, killed, skipped
    }
}

extension Ledger {
    /// Records where a task stands; false, and no event, when that is recorded already.
    ///
    /// Event `task.<status>`, with `data` in it. Which changes make sense is the caller's to know.
    @discardableResult
    package func setTask(
        _ task: TaskID, run: RunID, status: TaskRow.Status, data: JSON
    ) throws(StoreError) -> Bool {
        try write(for: run) { () throws(StoreError) in
            let isNew = try changes(
                """
                INSERT INTO tasks (run, task, status, data, updated) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (run, task) DO UPDATE
                SET status = excluded.status, data = excluded.data, updated = excluded.updated
                WHERE status <> excluded.status OR data <> excluded.data RETURNING 1
                """,
                [
                    .run(run), .text(task.description), .text(status.rawValue), try value(data),
                    .time(clock()),
                ])
            if isNew {
                try note(run: run, task: task, kind: "task.\(status.rawValue)", data: data)
            }
            return isNew
        }
    }

    /// Tasks of a run, in the order in which they were first recorded.
    package func tasks(run: RunID) throws(StoreError) -> [TaskRow] {
        try rows(
            "SELECT run, task, status, data, updated FROM tasks WHERE run = ?1 ORDER BY number",
            [.run(run)]
        ) { (row) throws(StoreError) in
            TaskRow(
                run: try runID(row, 0), task: try taskID(row, 1), status: try choice(row, 2),
                data: try json(row, 3), updated: time(row, 4))
        }
    }
}
