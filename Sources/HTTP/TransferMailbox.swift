import CCurl
import Synchronization

/// What other threads want of the transfer thread.
final class TransferMailbox: Sendable {
    enum Wish: Sendable {
        case start(Transfer)
        /// The reader has room again.
        case resume(Transfer)
        case cancel(Transfer)
        /// Nobody reads any more, and the end is near.
        case drain(Transfer)
        case stop
    }

    private struct State {
        var wishes: [Wish] = []
        /// nil once the thread has ended.
        var multi: UnsafeMutableRawPointer?
    }

    private let state = Mutex(State())

    /// Makes the mailbox of a handle that ``close()`` is called for before it goes.
    func open(_ multi: UInt) {
        state.withLock { $0.multi = UnsafeMutableRawPointer(bitPattern: multi) }
    }

    /// False when nobody will read it.
    @discardableResult
    func post(_ wish: Wish) -> Bool {
        state.withLock { state in
            guard let multi = state.multi else { return false }
            state.wishes.append(wish)
            // The one call that any thread may make; under the lock, so that the handle lives.
            curl_multi_wakeup(multi)
            return true
        }
    }

    /// Everything posted since the last call, in order.
    func take() -> [Wish] {
        state.withLock { state in
            defer { state.wishes = [] }
            return state.wishes
        }
    }

    /// Refuses what comes from now on, and returns what was still to be read.
    func close() -> [Wish] {
        state.withLock { state in
            state.multi = nil
            defer { state.wishes = [] }
            return state.wishes
        }
    }
}
