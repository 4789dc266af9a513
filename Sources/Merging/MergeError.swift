package import Git

/// A merge, or a question about one, that could not be carried out.
package enum MergeError: Error, Hashable, Sendable {
    /// A program said something that is not its documented format.
    case unexpectedOutput(of: String)
    case programFailed(arguments: [String], message: String)
    /// A check after a merge failed: the result is not used.
    case brokenInvariant(MergeInvariants.Violation)
    case noCommonAncestor(ObjectID, ObjectID)
}
