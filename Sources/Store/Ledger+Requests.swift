package import Base
import SQLite

/// What one process asks of the process that works on a run.
package struct Request: Equatable, Sendable {
    /// Increases with time.
    package let number: Int
    /// The run whose process is asked.
    package let run: RunID
    /// Nil for the whole run.
    package let task: TaskID?
    /// Such as `stop`.
    package let kind: String
    /// What the kind needs to know; null when it needs nothing.
    package let data: JSON
    /// When it was asked for.
    package let time: Timestamp
}

extension Ledger {
    /// Leaves a request for whoever works on the run. Event `request.<kind>`.
    @discardableResult
    package func request(
        run: RunID, task: TaskID? = nil, kind: String, data: JSON = .null
    ) throws(StoreError) -> Request {
        try write(for: run) { () throws(StoreError) in
            try leave(run: run, task: task, kind: kind, data: data)
        }
    }

    /// Leaves a request that is carried out when the run is taken up, and opens the run again if it has ended.
    ///
    /// Nil when another than `owner` has worked on it since. Events `run.reopened`, where it had ended, and `request.<kind>`.
    package func requestReopening(
        run: RunID, task: TaskID, kind: String, data: JSON, owner: String
    ) throws(StoreError) -> Request? {
        try write(for: run) { () throws(StoreError) in
            guard try self.run(run)?.owner == owner else { return nil }
            let isReopened = try changes(
                """
                UPDATE runs SET status = 'interrupted', ended = NULL, result = NULL
                WHERE id = ?1 AND status IN ('completed', 'failed') RETURNING 1
                """, [.run(run)])
            if isReopened {
                try note(run: run, task: task, kind: "run.reopened", data: [:])
            }
            return try leave(run: run, task: task, kind: kind, data: data)
        }
    }

    /// Within a transaction.
    private func leave(
        run: RunID, task: TaskID?, kind: String, data: JSON
    ) throws(StoreError) -> Request {
        let requests = try requests(
            """
            INSERT INTO requests (run, task, kind, data, time) VALUES (?1, ?2, ?3, ?4, ?5)
            RETURNING number, run, task, kind, data, time
            """,
            [.run(run), .optional(task), .text(kind), try value(data), .time(clock())])
        guard let request = requests.first else { throw corrupt("request") }
        try note(run: run, task: task, kind: "request.\(kind)", data: data)
        return request
    }

    /// Hands out the open requests of a run, oldest first, each exactly once.
    ///
    /// Event `request.<kind>.handled`, with the request's number, for each. Takes no write lock when
    /// there is none, so that it can be asked often.
    package func takeRequests(run: RunID) throws(StoreError) -> [Request] {
        let isNeeded = try !rows(
            "SELECT 1 FROM requests WHERE run = ?1 AND handled IS NULL LIMIT 1", [.run(run)]
        ) { (_) throws(StoreError) in true }.isEmpty
        guard isNeeded else { return [] }
        return try write(for: run) { () throws(StoreError) in
            let requests = try requests(
                """
                UPDATE requests SET handled = ?2 WHERE run = ?1 AND handled IS NULL
                RETURNING number, run, task, kind, data, time
                """, [.run(run), .time(clock())]
            ).sorted { $0.number < $1.number }
            for request in requests {
                try note(
                    run: run, task: request.task, kind: "request.\(request.kind).handled",
                    data: ["number": .int(request.number)])
            }
            return requests
        }
    }

    private func requests(_ sql: String, _ values: [Value]) throws(StoreError) -> [Request] {
        try rows(sql, values) { (row) throws(StoreError) in
            Request(
                number: row.integer(0), run: try runID(row, 1),
                task: try optionalTaskID(row, 2), kind: row.text(3), data: try json(row, 4),
                time: time(row, 5))
        }
    }
}
