/// Growing waits between tries: `first`, then doubled up to `longest`, each cut by up to a quarter.
package struct Backoff: Sendable {
    /// The wait after the first try, before the cut.
    package let first: Duration
    /// No wait is longer, however often it was doubled.
    package let longest: Duration
    /// Tries in all, the first included; 1 means that nothing is tried again.
    package let tries: Int

    /// Takes waits as they are; `longest` should be no shorter than `first`.
    package init(first: Duration, longest: Duration, tries: Int) {
        self.first = first
        self.longest = longest
        self.tries = tries
    }

    /// The wait after try number `number` (from 1); nil when no try is left.
    package func wait(
        after number: Int, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard number < tries else { return nil }
        var wait = first
        for _ in 1..<max(number, 1) where wait < longest { wait = wait * 2 }
        return min(wait, longest) * Double.random(in: 0.75...1, using: &generator)
    }
}
