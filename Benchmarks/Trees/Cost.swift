import Glibc

/// What something took: time on the wall, and of all processors together.
struct Cost {
    var wall: Double
    /// Of this process and of the children that have ended: steadier than the wall where others work too.
    var processor: Double

    static let zero = Cost(wall: 0, processor: 0)

    static func + (a: Cost, b: Cost) -> Cost {
        Cost(wall: a.wall + b.wall, processor: a.processor + b.processor)
    }

    /// Does the work and says what it took, in seconds.
    static func of(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void
    ) async rethrows -> Cost {
        let clock = ContinuousClock()
        let (start, before) = (clock.now, processorSeconds())
        try await work()
        return Cost(
            wall: (clock.now - start) / .seconds(1), processor: processorSeconds() - before)
    }

    /// The middle of several, wall and processor apart.
    static func median(_ costs: [Cost]) -> Cost {
        func middle(_ numbers: [Double]) -> Double {
            guard !numbers.isEmpty else { return .nan }
            let sorted = numbers.sorted()
            return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
        }
        return Cost(wall: middle(costs.map(\.wall)), processor: middle(costs.map(\.processor)))
    }

    private static func processorSeconds() -> Double {
        [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
            var usage = rusage()
            getrusage(who.rawValue, &usage)
            return sum + seconds(usage.ru_utime) + seconds(usage.ru_stime)
        }
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
