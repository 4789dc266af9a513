import Base

/// A thread for file reads and short questions to the system, which must not hold up the pool.
actor BlockingCalls {
    private static let shared = BlockingCalls()
    private let lane = Lane(label: "treeguild.files")
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    /// Runs the closure on the thread and returns what it returns.
    static func run<Result: Sendable>(
        _ body: @Sendable () throws -> Result
    ) async rethrows -> Result {
        try await shared.perform(body)
    }

    private func perform<Result: Sendable>(
        _ body: @Sendable () throws -> Result
    ) rethrows -> Result { try body() }
}
