import Base

/// Work that a signal ends early, with what it has to clear away cleared away.
enum Interruption {
    /// Runs the body; when SIGINT or SIGTERM comes, cancels it, waits for its end and returns nil.
    ///
    /// A second signal ends the process at once, as it usually does.
    static func interrupting<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        let signals = Signals.stream([Signals.interrupt, Signals.terminate])
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                for await _ in signals { break }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { return nil }
            if let first { return first }
            group.cancelAll()
            // Cancelled from the start: from here on signals have their usual effect.
            group.addTask {
                for await _ in signals {}
                return nil
            }
            while await group.nextResult() != nil {}
            return nil
        }
    }
}
