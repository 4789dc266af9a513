/// Times of one way of doing a thing, one for each round.
struct Measurement {
    /// What the table calls the way.
    let name: String
    /// Wall time of each round.
    private(set) var rounds: [Duration] = []

    init(_ name: String) {
        self.name = name
    }

    /// Does the work once more and keeps its time.
    mutating func measure(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void
    ) async rethrows {
        let clock = ContinuousClock()
        let start = clock.now
        try await work()
        rounds.append(clock.now - start)
    }

    /// The middle round in seconds, the mean of the two middle ones when their number is even.
    var median: Double {
        let seconds = rounds.map { $0 / .seconds(1) }.sorted()
        guard !seconds.isEmpty else { return .nan }
        return (seconds[seconds.count / 2] + seconds[(seconds.count - 1) / 2]) / 2
    }
}
