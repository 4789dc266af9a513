/// Lets one caller of an actor in at a time, in the order of their coming, across its waits.
///
/// For use by one actor alone, which guards the state.
final class Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Waits for the turn; the caller passes it on.
    func take(isolation: isolated (any Actor)? = #isolation) async {
        guard isTaken else {
            isTaken = true
            return
        }
        // Resumed by `pass`, which every holder calls whatever happens. No cancellation: the run is
        // stopped by levels, and a holder that is stopped passes the turn on.
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Hands the turn to the next in line.
    func pass() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}

extension Result where Failure == any Error {
    /// Keeps what an asynchronous body returns or throws.
    init(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Success
    ) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
