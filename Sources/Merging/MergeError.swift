/// A question about a merge that could not be asked.
package enum MergeError: Error, Hashable, Sendable {
    /// A program said something that is not its documented format.
    case unexpectedOutput(of: String)
    case programFailed(arguments: [String], message: String)
}
