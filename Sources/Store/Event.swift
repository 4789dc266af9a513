package import Base

/// One line of the ledger, never changed after it was written.
package struct Event: Equatable, Sendable {
    /// From 1, without gaps, over all runs.
    package let seq: Int
    /// When it was written, by this machine's clock; `seq` gives the order.
    package let time: Timestamp
    /// The run that it belongs to; events of several runs are mixed.
    package let run: RunID
    /// Nil for what concerns the run as a whole.
    package let task: TaskID?
    /// Who says so, such as `treeguild` or `worker`.
    package let actor: String
    /// What happened, such as `task.completed`.
    package let kind: String
    /// Facts of the event; which keys there are depends on the kind.
    package let data: JSON
    /// Chains this event to all before it.
    package let mac: [UInt8]

    /// The document `treeguild.event/1`.
    package var json: JSON {
        [
            "seq": .int(seq), "time": .string(time.description),
            "run": .string(run.description), "task": .optional(task?.description),
            "actor": .string(actor), "kind": .string(kind), "data": data,
            "mac": .string(mac.hexadecimal),
        ]
    }
}

/// Which events are asked for; what is nil selects all.
package struct EventFilter: Equatable, Sendable {
    /// Only events of this run.
    package var run: RunID?
    /// Only events of this task; those of the run as a whole are left out.
    package var task: TaskID?
    /// Whole kinds; an empty list selects nothing.
    package var kinds: [String]?
    /// Only later events: those with a greater seq.
    package var since: Int?
    /// The first so many of what is left.
    package var limit: Int?

    /// Without arguments it selects every event.
    package init(
        run: RunID? = nil, task: TaskID? = nil, kinds: [String]? = nil, since: Int? = nil,
        limit: Int? = nil
    ) {
        self.run = run
        self.task = task
        self.kinds = kinds
        self.since = since
        self.limit = limit
    }
}

/// What a walk over all events found.
package enum ChainState: Equatable, Sendable {
    case intact(events: Int)
    /// This event is the first that is missing, changed or moved.
    case broken(seq: Int)
    /// The events end at `last`, and the ledger had reached `head`.
    case missingTail(last: Int, head: Int)
    /// The events hold together, but the record of how many there are was made without the key.
    case forgedHead(last: Int)
}
