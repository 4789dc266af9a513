import Synchronization

/// Tasks that wait for something to change.
final class Waiters: Sendable {
    private struct State {
        var next = 0
        /// How often all were woken.
        var changes = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Cancelled before they began to wait.
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// To be read together with what is waited for: a change between the two is then not missed.
    var changes: Int { state.withLock { $0.changes } }

    /// Returns when ``wakeAll()``, which resumes it, was called after `changes` was read, or when the
    /// task is cancelled.
    func wait(since changes: Int) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return true }
                    if state.changes != changes { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiting.removeValue(forKey: number)
                if waiter == nil { state.cancelled.insert(number) }
                return waiter
            }
            waiter?.resume()
        }
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    /// Ends every wait that has begun.
    func wakeAll() {
        let all = state.withLock { state in
            defer { state.waiting = [:] }
            state.changes += 1
            return state.waiting
        }
        for waiter in all.values { waiter.resume() }
    }
}
