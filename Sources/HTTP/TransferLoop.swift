import CCurl
import Glibc

/// The one thread that moves bytes: every libcurl handle is touched by it alone.
struct TransferLoop {
    private let multi: UnsafeMutableRawPointer
    private let mailbox: TransferMailbox
    private let route: HTTPRoute
    private var active: [UnsafeMutableRawPointer: EasyHandle] = [:]

    // Once in the process, never undone: another library may use libcurl too.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Starts the thread; it ends when its mailbox gets `stop`.
    static func start(
        _ mailbox: TransferMailbox, route: HTTPRoute, connections: Int
    ) throws(HTTPError) {
        guard isReady, let multi = curl_multi_init() else { throw HTTPError(.refused, url: "") }
        _ = wt_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        _ = wt_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        mailbox.open(UInt(bitPattern: multi))
        let start = Unmanaged.passRetained(
            Start(loop: TransferLoop(multi: multi, mailbox: mailbox, route: route)))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { start in
                guard let start else { return nil }
                // Signals are for threads that expect them.
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_BLOCK, &all, nil)
                var loop = Unmanaged<Start>.fromOpaque(start).takeRetainedValue().loop
                loop.run()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            _ = mailbox.close()
            curl_multi_cleanup(multi)
            throw HTTPError(.refused, url: "", systemCode: code)
        }
        pthread_detach(thread)
    }

    /// Carries the loop over to its thread.
    private final class Start {
        let loop: TransferLoop
        init(loop: TransferLoop) { self.loop = loop }
    }

    private init(
        multi: UnsafeMutableRawPointer, mailbox: TransferMailbox, route: HTTPRoute
    ) {
        self.multi = multi
        self.mailbox = mailbox
        self.route = route
    }

    private mutating func run() {
        while obey(mailbox.take()) {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            reap()
            let wait = endIdle(now: .now)
            curl_multi_poll(multi, nil, 0, wait, nil)
        }
        for wish in mailbox.close() {
            if case .start(let transfer) = wish {
                transfer.finish(.failure(HTTPError(.closed, url: transfer.url)))
            }
        }
        for easy in Array(active.values) { end(easy, HTTPError(.closed, url: easy.transfer.url)) }
        curl_multi_cleanup(multi)
    }

    /// False when the thread is to end.
    private mutating func obey(_ wishes: [TransferMailbox.Wish]) -> Bool {
        for wish in wishes {
            switch wish {
            case .stop: return false
            case .start(let transfer): start(transfer)
            case .resume(let transfer): easy(of: transfer)?.resume()
            case .drain(let transfer):
                let easy = easy(of: transfer)
                easy?.idleLimit = min(easy?.idleLimit ?? .zero, .seconds(1))
                easy?.resume()
            case .cancel(let transfer):
                if let easy = easy(of: transfer) {
                    end(easy, HTTPError(.cancelled, url: transfer.url))
                }
            }
        }
        return true
    }

    private func easy(of transfer: Transfer) -> EasyHandle? {
        active.values.first { $0.transfer === transfer }
    }

    private mutating func start(_ transfer: Transfer) {
        guard let easy = EasyHandle(transfer, route: route) else {
            return transfer.finish(.failure(HTTPError(.refused, url: transfer.url)))
        }
        guard curl_multi_add_handle(multi, easy.handle) == CURLM_OK else {
            return transfer.finish(.failure(HTTPError(.refused, url: transfer.url)))
        }
        active[easy.handle] = easy
    }

    /// Takes a handle out, which closes its connection or stream unless it was done.
    private mutating func end(_ easy: EasyHandle, _ error: HTTPError?) {
        curl_multi_remove_handle(multi, easy.handle)
        active[easy.handle] = nil
        easy.transfer.finish(error.map { .failure($0) } ?? .success(nil))
    }

    private mutating func reap() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let easy = active[handle]
            else { continue }
            // The message dies with the handle's removal.
            let result = wt_curl_message_result(message)
            end(easy, easy.error(result))
        }
    }

    /// Ends what has been silent for too long; milliseconds until the next look.
    private mutating func endIdle(now: ContinuousClock.Instant) -> Int32 {
        var next: Duration = .seconds(3600)
        for easy in Array(active.values) where !easy.isPaused {
            let limit = easy.idleLimit
            let left = limit - (now - easy.lastActivity)
            if left <= .zero {
                end(easy, HTTPError(.idleTimeout(limit), url: easy.transfer.url))
            } else {
                next = min(next, left)
            }
        }
        // Rounded up: a wait of 0 would spin until the limit is reached.
        return Int32(min(next / .milliseconds(1), 3_600_000)) + 1
    }
}
