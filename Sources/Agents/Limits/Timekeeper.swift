package import Base

/// The time and waiting, so that tests can move both by hand.
package struct Timekeeper: Sendable {
    /// The time of day; services name resets by it.
    package let now: @Sendable () -> Timestamp
    /// Returns after so long, or throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws(CancellationError) -> Void

    /// A clock of one's own.
    package init(
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's clock.
    package static let system = Timekeeper(
        now: { .now },
        sleep: { duration throws(CancellationError) in
            do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
        })
}

extension Timestamp {
    /// So much later.
    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Int64(duration / .milliseconds(1)))
    }

    /// How long after that it is; zero when `earlier` is not earlier.
    package func since(_ earlier: Timestamp) -> Duration {
        .milliseconds(max(0, milliseconds - earlier.milliseconds))
    }
}
