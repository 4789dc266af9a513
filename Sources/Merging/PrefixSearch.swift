/// Finds the first branch with which a check fails, by halving.
///
/// Prefix `n` is the base with the first `n` branches merged. The base passes and the whole fails; in between
/// the search believes that a failure stays once it is there, and says so when an answer contradicts it.
package struct PrefixSearch: Hashable, Sendable {
    /// The longest prefix known to pass.
    package private(set) var passing = 0
    /// The shortest prefix known to fail.
    package private(set) var failing: Int

    /// Starts from a failing merge of `count` branches over a base that passes.
    package init(count: Int) { failing = count }

    /// The prefix to try next; nil when the culprit is known.
    package var next: Int? { failing - passing > 1 ? (passing + failing) / 2 : nil }

    /// Index of the branch whose merge brought the failure, once ``next`` is nil.
    package var culprit: Int { failing - 1 }

    /// Takes the result of trying ``next``.
    package mutating func tried(_ prefix: Int, passed: Bool) {
        if passed { passing = max(passing, prefix) } else { failing = min(failing, prefix) }
    }
}
