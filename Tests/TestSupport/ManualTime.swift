package import Base
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualTime: Sendable {
    private struct State {
        var now: Timestamp
        var next = 0
        var sleepers: [Int: (until: Timestamp, continuation: CheckedContinuation<Bool, Never>)] =
            [:]
        var cancelled: Set<Int> = []
        /// Every wait that was asked for.
        var waits: [Duration] = []
        /// Waits end by themselves and move the clock.
        var isAutomatic: Bool
    }

    private let state: Mutex<State>

    /// With `isAutomatic` every wait ends at once, and the clock is then where the wait ends.
    package init(at now: Timestamp = Timestamp(milliseconds: 1_800_000_000_000), isAutomatic: Bool)
    {
        state = Mutex(State(now: now, isAutomatic: isAutomatic))
    }

    package var now: Timestamp { state.withLock { $0.now } }

    /// Every wait that was asked for, in order.
    package var waits: [Duration] { state.withLock { $0.waits } }

    /// Waits until the clock has been moved far enough.
    package func wait(_ duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let number: Int? = state.withLock { state in
            state.waits.append(duration)
            if state.isAutomatic {
                state.now = state.now + duration
                return nil
            }
            state.next += 1
            return state.next
        }
        guard let number else { return await Task.yield() }
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return true }
                    state.sleepers[number] = (state.now + duration, continuation)
                    return false
                }
                if isCancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !isOver { throw CancellationError() }
    }

    /// Moves the clock and ends the waits that are over then.
    package func advance(by duration: Duration) {
        let done = state.withLock { state in
            state.now = state.now + duration
            let done = state.sleepers.filter { $0.value.until <= state.now }
            for number in done.keys { state.sleepers[number] = nil }
            return done.values.map(\.continuation)
        }
        for continuation in done { continuation.resume(returning: true) }
    }
}

extension Timestamp {
    fileprivate static func + (time: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + Int64(duration / .milliseconds(1)))
    }
}
