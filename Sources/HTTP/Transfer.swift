import Synchronization

/// One request on its way: what the transfer thread and the one who waits share.
final class Transfer: Sendable {
    /// The head of an answer.
    struct Head: Sendable {
        var status = 0
        var version = ""
        var headers = HTTPHeaders()
        var isConnectionReused = false
    }

    /// What the thread does with bytes.
    enum Reception { case taken, pause, refuse }

    private struct State {
        var head: Result<Head, HTTPError>?
        var headWaiter: CheckedContinuation<Result<Head, HTTPError>, Never>?
        var buffer: [UInt8] = []
        var received = 0
        var isPaused = false
        /// Bytes that may still come unread; nil while there is a reader.
        var drainable: Int?
        var bodyWaiter: CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?
        /// Success, or why not; nil while bytes may come.
        var end: Result<[UInt8]?, HTTPError>?
    }

    let request: HTTPRequest
    /// For errors.
    let url: String
    private let mailbox: TransferMailbox
    private let state = Mutex(State())

    init(_ request: HTTPRequest, mailbox: TransferMailbox) {
        self.request = request
        self.mailbox = mailbox
        url = request.url.redacted
    }

    // MARK: The one who waits

    /// Waits for the headers. The transfer thread or a cancellation resumes it.
    func head() async -> Result<Head, HTTPError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Result<Head, HTTPError>? in
                    if state.head == nil { state.headWaiter = continuation }
                    return state.head
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Waits for bytes; nil at the end. The transfer thread or a cancellation resumes it.
    func bytes() async -> Result<[UInt8]?, HTTPError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (known, wasPaused) = state.withLock { state in
                    precondition(state.bodyWaiter == nil, "a body has one reader")
                    guard !state.buffer.isEmpty else {
                        if state.end == nil { state.bodyWaiter = continuation }
                        return (state.end, false)
                    }
                    let chunk = state.buffer
                    state.buffer = []
                    let wasPaused = state.isPaused
                    state.isPaused = false
                    return (.success(chunk), wasPaused)
                }
                if wasPaused { mailbox.post(.resume(self)) }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Takes the rest without a reader.
    func drain() {
        let isUnderWay = state.withLock { state in
            state.buffer = []
            state.drainable = 64 << 10
            return state.end == nil
        }
        if isUnderWay { mailbox.post(.drain(self)) }
    }

    /// Closes the transfer at once; harmless when it is over or being drained.
    func cancel() {
        let wasOver = state.withLock { state in
            state.buffer = []
            return state.end != nil || state.drainable != nil
        }
        if wasOver { return }
        finish(.failure(HTTPError(.cancelled, url: url)))
        mailbox.post(.cancel(self))
    }

    // MARK: The transfer thread

    /// The headers are complete.
    func receive(_ head: Head) {
        let waiter = state.withLock { state in
            if state.head == nil { state.head = .success(head) }
            defer { state.headWaiter = nil }
            return state.headWaiter
        }
        waiter?.resume(returning: .success(head))
    }

    /// Some bytes of the body.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        let limits = request.limits
        let (answer, waiter) = state.withLock {
            state -> (Reception, CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?) in
            if state.end != nil { return (.refuse, nil) }
            if let left = state.drainable {
                state.drainable = left - bytes.count
                return (left >= bytes.count ? .taken : .refuse, nil)
            }
            if let limit = limits.bodyBytes, state.received + bytes.count > limit {
                return (.refuse, nil)
            }
            if !state.buffer.isEmpty, state.buffer.count >= limits.bufferedBytes {
                state.isPaused = true
                return (.pause, nil)
            }
            state.received += bytes.count
            guard let waiter = state.bodyWaiter else {
                state.buffer += bytes
                return (.taken, nil)
            }
            state.bodyWaiter = nil
            return (.taken, waiter)
        }
        waiter?.resume(returning: .success(Array(bytes)))
        return answer
    }

    /// Body bytes that were taken.
    var received: Int { state.withLock { $0.received } }

    /// Nothing more will come. The first word counts.
    func finish(_ end: Result<[UInt8]?, HTTPError>) {
        let waiters = state.withLock { state in
            guard state.end == nil else {
                return (nil, nil)
                    as (
                        CheckedContinuation<Result<Head, HTTPError>, Never>?,
                        CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?
                    )
            }
            state.end = end
            if state.head == nil {
                switch end {
                case .success: state.head = .failure(HTTPError(.notHTTP, url: url))
                case .failure(let error): state.head = .failure(error)
                }
            }
            defer { (state.headWaiter, state.bodyWaiter) = (nil, nil) }
            return (state.headWaiter, state.bodyWaiter)
        }
        if let waiter = waiters.0 {
            switch end {
            case .success: waiter.resume(returning: .failure(HTTPError(.notHTTP, url: url)))
            case .failure(let error): waiter.resume(returning: .failure(error))
            }
        }
        waiters.1?.resume(returning: end)
    }
}
