package import Base
import SQLite

extension Ledger {
    /// Records a new run as running; throws `taken` when its name is in use. Event `run.started`.
    @discardableResult
    package func createRun(
        _ id: RunID, kind: String, base: String, plan: JSON, options: JSON, owner: String
    ) throws(StoreError) -> RunRecord {
        try write(for: id) { () throws(StoreError) in
            let started = clock()
            let isNew = try changes(
                """
                INSERT INTO runs (id, kind, status, base, plan, options, owner, started)
                VALUES (?1, ?2, 'running', ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING RETURNING 1
                """,
                [
                    .run(id), .text(kind), .text(base), try value(plan), try value(options),
                    .text(owner),
                    .time(started),
                ])
            guard isNew else { throw .taken(id) }
            try note(
                run: id, task: nil, kind: "run.started",
                data: ["kind": .string(kind), "base": .string(base), "owner": .string(owner)])
            return RunRecord(
                id: id, kind: kind, status: .running, base: base, plan: plan, options: options,
                owner: owner, started: started, ended: nil, result: nil)
        }
    }

    /// Nil for an unknown name.
    package func run(_ id: RunID) throws(StoreError) -> RunRecord? {
        try runs("WHERE id = ?1", [.run(id)]).first
    }

    /// Newest first.
    package func runs() throws(StoreError) -> [RunRecord] { try runs("", []) }

    /// Records the end of a run. To say the same again is no error and no event. Event `run.ended`.
    package func finishRun(
        _ id: RunID, _ outcome: RunOutcome, result: JSON
    ) throws(StoreError) {
        try write(for: id) { () throws(StoreError) in
            let isNew = try changes(
                """
                UPDATE runs SET status = ?2, result = ?3, ended = ?4
                WHERE id = ?1 AND status IN ('running', 'interrupted') RETURNING 1
                """,
                [.run(id), .text(outcome.rawValue), try value(result), .time(clock())])
            guard isNew else {
                let run = try existing(id)
                guard run.status == outcome.status, run.result == result else {
                    throw .ended(id, status: run.status)
                }
                return
            }
            try note(
                run: id, task: nil, kind: "run.ended", data: ["status": .string(outcome.rawValue)])
        }
    }

    /// Marks a running run as interrupted; false when it was not running. Event `run.interrupted`, with the
    /// reason.
    @discardableResult
    package func interruptRun(
        _ id: RunID, reason: JSON = .null
    ) throws(StoreError) -> Bool {
        try write(for: id) { () throws(StoreError) in
            let isNew = try changes(
                """
                UPDATE runs SET status = 'interrupted'
                WHERE id = ?1 AND status = 'running' RETURNING 1
                """, [.run(id)])
            let run = try existing(id)
            if isNew {
                try note(
                    run: id, task: nil, kind: "run.interrupted",
                    data: ["owner": .string(run.owner), "reason": reason])
            }
            return isNew
        }
    }

    /// Makes `owner` the one that works on a run which has not ended, if `expected` still is.
    ///
    /// Of any number of processes that expect the same owner, one gets true. Event `run.resumed`.
    package func takeOver(
        run id: RunID, owner: String, from expected: String
    ) throws(StoreError) -> Bool {
        try write(for: id) { () throws(StoreError) in
            let isNew = try changes(
                """
                UPDATE runs SET owner = ?2, status = 'running'
                WHERE id = ?1 AND owner = ?3 AND status IN ('running', 'interrupted') RETURNING 1
                """, [.run(id), .text(owner), .text(expected)])
            if isNew {
                try note(
                    run: id, task: nil, kind: "run.resumed",
                    data: ["owner": .string(owner), "from": .string(expected)])
            }
            return isNew
        }
    }

    private func existing(_ id: RunID) throws(StoreError) -> RunRecord {
        guard let run = try run(id) else { throw .unknownRun(id) }
        return run
    }

    private func runs(_ condition: String, _ values: [Value]) throws(StoreError) -> [RunRecord] {
        try rows(
            """
            SELECT id, kind, status, base, plan, options, owner, started, ended, result FROM runs
            \(condition) ORDER BY number DESC
            """, values
        ) { (row) throws(StoreError) in
            RunRecord(
                id: try runID(row, 0), kind: row.text(1), status: try choice(row, 2),
                base: row.text(3), plan: try json(row, 4), options: try json(row, 5),
                owner: row.text(6), started: time(row, 7),
                ended: row.isNull(8) ? nil : time(row, 8), result: try optionalJSON(row, 9))
        }
    }
}
