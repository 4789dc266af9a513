package import Base
import SQLite

extension Ledger {
    /// Records that an effect is about to happen, unless that is recorded already.
    ///
    /// Of any number of processes exactly one gets `started`.
    package func begin(
        _ effect: EffectKey, task: TaskID? = nil, intent: JSON
    ) throws(StoreError) -> EffectState {
        try write(for: effect.run) { () throws(StoreError) in
            let isNew = try changes(
                """
                INSERT INTO effects (run, kind, key, task, intent, begun)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING RETURNING 1
                """,
                effect.values + [.optional(task), try value(intent), .time(clock())])
            guard isNew else {
                guard let record = try record(effect) else { throw corrupt("effect") }
                return record.result.map { .done(result: $0) } ?? .pending(intent: record.intent)
            }
            try note(
                run: effect.run, task: task, kind: effect.kind + ".intent",
                data: ["key": .string(effect.key), "intent": intent])
            return .started
        }
    }

    /// Records that an effect has happened. To say the same again is no error and no event.
    package func finish(
        _ effect: EffectKey, task: TaskID? = nil, result: JSON
    ) throws(StoreError) {
        try write(for: effect.run) { () throws(StoreError) in
            let isNew = try changes(
                """
                UPDATE effects SET result = ?4, finished = ?5
                WHERE run = ?1 AND kind = ?2 AND key = ?3 AND result IS NULL RETURNING 1
                """,
                effect.values + [try value(result), .time(clock())])
            guard isNew else {
                guard let recorded = try record(effect)?.result else {
                    throw .effectNotBegun(effect)
                }
                guard recorded == result else {
                    throw .effectDone(effect, recorded: recorded)
                }
                return
            }
            try note(
                run: effect.run, task: task, kind: effect.kind + ".done",
                data: ["key": .string(effect.key), "result": result])
        }
    }

    /// All effects of a run, in the order in which they were begun.
    package func effects(run: RunID) throws(StoreError) -> [EffectRecord] {
        try effects("WHERE run = ?1", [.run(run)])
    }

    private func record(_ effect: EffectKey) throws(StoreError) -> EffectRecord? {
        try effects("WHERE run = ?1 AND kind = ?2 AND key = ?3", effect.values).first
    }

    private func effects(
        _ condition: String, _ values: [Value]
    ) throws(StoreError) -> [EffectRecord] {
        try rows(
            """
            SELECT run, kind, key, task, intent, result, begun, finished FROM effects
            \(condition) ORDER BY number
            """, values
        ) { (row) throws(StoreError) in
            EffectRecord(
                effect: EffectKey(run: try runID(row, 0), kind: row.text(1), key: row.text(2)),
                task: try optionalTaskID(row, 3), intent: try json(row, 4),
                result: try optionalJSON(row, 5), begun: time(row, 6),
                finished: row.isNull(7) ? nil : time(row, 7))
        }
    }
}

extension EffectKey {
    fileprivate var values: [Value] { [.run(run), .text(kind), .text(key)] }
}
