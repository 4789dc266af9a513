package import Base
import SQLite

extension Ledger {
    /// Writes one event after all others.
    @discardableResult
    package func append(
        run: RunID, task: TaskID? = nil, actor: String, kind: String, data: JSON = .null
    ) throws(StoreError) -> Event {
        try write(for: run) { () throws(StoreError) in
            try note(run: run, task: task, actor: actor, kind: kind, data: data)
        }
    }

    /// Events in their order.
    package func events(
        matching filter: EventFilter = EventFilter()
    ) throws(StoreError) -> [Event] {
        var conditions = ["seq > ?1"]
        var values: [Value] = [.integer(filter.since ?? 0), .integer(filter.limit ?? -1)]
        func require(_ condition: String, _ value: Value) {
            values.append(value)
            conditions.append("\(condition)?\(values.count)")
        }
        if let run = filter.run { require("run = ", .run(run)) }
        if let task = filter.task { require("task = ", .text(task.description)) }
        if let kinds = filter.kinds {
            values.append(.text(JSON.array(kinds.map { .string($0) }).compact))
            conditions.append("kind IN (SELECT value FROM json_each(?\(values.count)))")
        }
        return try rows(
            """
            SELECT seq, time, run, task, actor, kind, data, mac FROM events
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq LIMIT ?2
            """, values
        ) { (row) throws(StoreError) in
            Event(
                seq: row.integer(0), time: time(row, 1), run: try runID(row, 2),
                task: try optionalTaskID(row, 3), actor: row.text(4), kind: row.text(5),
                data: try json(row, 6), mac: row.blob(7))
        }
    }

    /// Events that came after event `seq`; 0 for all. To be asked again when ``dataVersion`` changes.
    package func events(after seq: Int) throws(StoreError) -> [Event] {
        try events(matching: EventFilter(since: seq))
    }

    /// Checks every event's MAC, their numbering and their end.
    ///
    /// Finds what was changed without the key. A whole ledger put back to an older copy of itself is not found.
    package func verifyChain() throws(StoreError) -> ChainState {
        try connection.snapshot({ StoreError($0, at: path) }) { () throws(StoreError) in
            try wrap { () throws(SQLiteError) in try chain.verify(on: connection) }
        }
    }

    /// Writes an event inside the transaction of a change that it tells of.
    @discardableResult
    func note(
        run: RunID, task: TaskID?, actor: String? = nil, kind: String, data: JSON
    ) throws(StoreError) -> Event {
        // To go on after a forged head would hide the forgery under a good one.
        guard
            let head = try wrap({ () throws(SQLiteError) in try chain.head(on: connection) })
        else { throw corrupt("head") }
        let time = clock()
        let line = EventChain.Line(
            seq: head.seq + 1, time: Int(time.milliseconds), run: run.description,
            task: task?.description, actor: actor ?? author, kind: kind, data: try text(data))
        let next = try wrap { () throws(SQLiteError) in
            try chain.append(line, after: head, on: connection)
        }
        return Event(
            seq: line.seq, time: time, run: run, task: task, actor: line.actor, kind: kind,
            data: data, mac: next.mac)
    }
}
