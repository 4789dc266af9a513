import Base
import Synchronization

/// Lets one of the workers that share the beginning of their requests go first, so that the others
/// find it in the service's cache.
///
/// An entry of a cache can be read only when the answer that wrote it has begun.
package final class PrefixGate: Sendable {
    private enum State {
        /// A call is under way that will write it.
        case warming
        case warm(until: Timestamp)
    }

    private let state = Mutex<[[UInt8]: State]>([:])
    private let waiters = Waiters()
    private let lifetime: Duration
    private let time: Timekeeper

    /// Prefixes stay warm for `lifetime` after an answer began; five minutes are the services' usual.
    package init(lifetime: Duration = .seconds(300), time: Timekeeper = .system) {
        self.lifetime = lifetime
        self.time = time
    }

    /// Waits while another call warms the prefix. True makes this call the one that does, which must
    /// call ``began(_:)`` or ``ended(_:)``. A cancelled wait returns false.
    func enter(_ prefix: [UInt8]) async -> Bool {
        while !Task.isCancelled {
            let changes = waiters.changes
            let now = time.now()
            let goes: Bool? = state.withLock { state in
                switch state[prefix] {
                case .warming: return nil
                case .warm(let until) where until > now: return false
                default:
                    state[prefix] = .warming
                    return true
                }
            }
            if let goes { return goes }
            await waiters.wait(since: changes)
        }
        return false
    }

    /// The answer has begun: all who wait may go.
    func began(_ prefix: [UInt8]) {
        let until = time.now().advanced(by: lifetime)
        state.withLock { $0[prefix] = .warm(until: until) }
        waiters.wakeAll()
    }

    /// The call is over; when its answer never began, the next one tries.
    func ended(_ prefix: [UInt8]) {
        let isOpen = state.withLock { state in
            guard case .warming = state[prefix] else { return false }
            state[prefix] = nil
            return true
        }
        if isOpen { waiters.wakeAll() }
    }
}
