import Base
import Git

/// A branch that takes part in a merge.
struct Participant: Hashable, Sendable {
    /// Task or branch name.
    let name: String
    let head: ObjectID
    /// What its author was asked to do.
    let intent: String
    /// Names that come before it.
    let after: Set<String>
}
