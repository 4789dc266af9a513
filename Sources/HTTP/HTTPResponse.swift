/// An answer whose headers have come and whose body comes as it is read.
package struct HTTPResponse: Sendable {
    /// 200 …; never an interim 1xx.
    package let status: Int
    /// In order.
    package let headers: HTTPHeaders
    /// Where it came from, after redirects.
    package let url: HTTPURL
    /// `1.0`, `1.1` or `2`.
    package let version: String
    /// The connection had carried another request before.
    package let isConnectionReused: Bool
    /// Reading it in part and letting go of it ends the transfer.
    package let body: HTTPBody
}

/// The bytes of an answer as they come; to be read once.
///
/// A slow reader slows the server down: no more than the request's limit is held in memory.
package struct HTTPBody: AsyncSequence, Sendable {
    /// At least one byte.
    package typealias Element = [UInt8]
    /// What ended the transfer before the body was whole.
    package typealias Failure = HTTPError

    private let owner: Owner

    init(_ transfer: Transfer) { owner = Owner(transfer: transfer) }

    /// Ends the transfer when the last one who could read is gone.
    fileprivate final class Owner: Sendable {
        let transfer: Transfer
        init(transfer: Transfer) { self.transfer = transfer }
        deinit { transfer.cancel() }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(owner: owner) }

    /// Hands out what has come since the last call, at least one byte; nil at the end.
    package struct Iterator: AsyncIteratorProtocol {
        private let owner: Owner

        fileprivate init(owner: Owner) { self.owner = owner }

        package mutating func next() async throws(HTTPError) -> [UInt8]? {
            try await owner.transfer.bytes().get()
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(HTTPError) -> [UInt8]? {
            try await owner.transfer.bytes().get()
        }
    }

    /// Lets the rest, which should be a few bytes, come and go unread, so that the connection can be
    /// used again; a second of silence or 64 KiB end it.
    package func drain() { owner.transfer.drain() }

    /// All that is left, of at most `limit` bytes.
    package func collect(limit: Int = 64 << 20) async throws(HTTPError) -> [UInt8] {
        var all: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next() {
            guard all.count + chunk.count <= limit else {
                owner.transfer.cancel()
                throw HTTPError(.bodyTooLarge(limit: limit), url: owner.transfer.url)
            }
            all += chunk
        }
        return all
    }
}
