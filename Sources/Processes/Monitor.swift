import CSystem
import Glibc
import Synchronization

/// The one thread that waits for all processes, pipes and timers.
///
/// Handlers run on that thread, one after another, and must not block. A descriptor is watched
/// until ``ignore(_:)``, which must come before it is closed.
final class Monitor: Sendable {
    typealias Handler = @Sendable () -> Void

    private struct Watched {
        var next: UInt64 = 1
        var handlers: [UInt64: Handler] = [:]
        var tokens: [Int32: UInt64] = [:]
    }

    /// nil when the system gave no descriptor or no thread.
    static let shared: Monitor? = {
        wt_keep_endings()
        let epoll = wt_epoll()
        guard epoll >= 0 else { return nil }
        // The thread waits in its first line until this initialisation is over.
        guard wt_thread({ Monitor.shared?.run() }) == 0 else {
            close(epoll)
            return nil
        }
        return Monitor(epoll: epoll)
    }()

    private let epoll: Int32
    private let watched = Mutex(Watched())

    private init(epoll: Int32) { self.epoll = epoll }

    /// Calls `handler` whenever the descriptor can be read, has ended or its process has ended.
    func watch(_ descriptor: Int32, _ handler: @escaping Handler) throws(ProcessError) {
        let code = watched.withLock { watched in
            let token = watched.next
            let code = wt_epoll_add(epoll, descriptor, token)
            guard code == 0 else { return code }
            watched.next += 1
            watched.handlers[token] = handler
            watched.tokens[descriptor] = token
            return 0
        }
        guard code == 0 else { throw .refused(operation: "epoll_ctl", path: "", code: code) }
    }

    /// Ends the watching; harmless when the descriptor is not watched.
    func ignore(_ descriptor: Int32) {
        // Destroyed outside the lock: it may hold the last reference to something with a deinit.
        let handler = watched.withLock { watched -> Handler? in
            guard let token = watched.tokens.removeValue(forKey: descriptor) else { return nil }
            _ = wt_epoll_remove(epoll, descriptor)
            return watched.handlers.removeValue(forKey: token)
        }
        _ = handler
    }

    private func run() {
        var tokens = [UInt64](repeating: 0, count: 64)
        while true {
            let count = Int(wt_epoll_wait(epoll, &tokens, Int32(tokens.count)))
            for token in tokens[..<count] {
                // Absent when an earlier handler of the same batch ended the watching.
                let handler = watched.withLock { $0.handlers[token] }
                handler?()
            }
        }
    }
}

extension Monitor {
    /// The shared monitor, or why there is none.
    static func required() throws(ProcessError) -> Monitor {
        guard let shared else { throw .refused(operation: "epoll_create", path: "", code: EMFILE) }
        return shared
    }
}
