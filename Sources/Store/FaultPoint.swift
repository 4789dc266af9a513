import Glibc

/// A place at which the process kills itself, for tests of recovery.
///
/// Each write transaction passes two points: just before its commit and just after it. Points are
/// numbered from 1 in the order in which one ledger passes them, its creation included.
package struct FaultPoint: Sendable {
    /// The point of death; nil for none.
    package let number: Int?
    private(set) var passed = 0

    /// Takes the point of death, from 1; without one the process lives.
    package init(number: Int? = nil) { self.number = number }

    mutating func pass() {
        passed += 1
        // No handler, buffer or deferred code runs: the nearest thing to a power cut.
        if passed == number { kill(getpid(), SIGKILL) }
    }
}
