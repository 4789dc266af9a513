package import Base

/// Names one effect on the world, once for all attempts at it.
package struct EffectKey: Hashable, Sendable {
    package let run: RunID
    /// What is done, such as `tree.create`.
    package let kind: String
    /// To what, such as `retry/1`.
    package let key: String

    package init(run: RunID, kind: String, key: String) {
        self.run = run
        self.kind = kind
        self.key = key
    }
}

/// What the ledger knew of an effect when it was to begin.
package enum EffectState: Equatable, Sendable {
    /// Nothing; the intent is recorded now, and the caller goes on to act.
    case started
    /// It was begun and never finished: whether it happened, only the world can tell.
    case pending(intent: JSON)
    case done(result: JSON)
}

/// One effect as recorded.
package struct EffectRecord: Equatable, Sendable {
    package let effect: EffectKey
    package let task: TaskID?
    package let intent: JSON
    /// Nil while it is not finished.
    package let result: JSON?
    package let begun: Timestamp
    package let finished: Timestamp?
}
