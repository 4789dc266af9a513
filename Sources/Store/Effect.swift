package import Base

/// Names one effect on the world, once for all attempts at it.
package struct EffectKey: Hashable, Sendable {
    /// Effects of different runs never meet.
    package let run: RunID
    /// What is done, such as `tree.create`.
    package let kind: String
    /// To what, such as `retry/1`.
    package let key: String

    /// Two calls with the same three parts mean the same effect.
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
    /// Its name, unique in the ledger.
    package let effect: EffectKey
    /// Nil for an effect of the run as a whole.
    package let task: TaskID?
    /// What was about to be done, with all that is needed to look whether it was.
    package let intent: JSON
    /// Nil while it is not finished.
    package let result: JSON?
    /// When the intent was recorded, before anything was done.
    package let begun: Timestamp
    /// When the result was recorded; nil as long as ``result`` is.
    package let finished: Timestamp?
}
