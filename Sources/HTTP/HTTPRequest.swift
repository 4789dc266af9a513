/// One request, with the limits that it is held to.
package struct HTTPRequest: Sendable {
    /// `GET`, `POST` …
    package var method: String
    /// Where it goes first.
    package var url: HTTPURL
    /// Sent along every redirect.
    package var headers: HTTPHeaders
    /// Fields that only the origin of ``url`` may see: keys and tokens.
    package var credentials: HTTPHeaders = [:]
    /// nil sends none.
    package var body: [UInt8]?
    /// How it is bounded.
    package var limits = HTTPLimits()
    /// Asked on the transfer thread with each address before a connection is made to it, so it must
    /// not block. A connection made for another request is then never used. Through a proxy it sees
    /// the proxy's address.
    package var allowsAddress: (@Sendable (HTTPAddress) -> Bool)?

    /// A request without credentials.
    package init(
        _ method: String = "GET", _ url: HTTPURL, headers: HTTPHeaders = [:], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Bounds of one request.
package struct HTTPLimits: Sendable {
    /// Until a connection, TLS included, is there.
    package var connect: Duration = .seconds(10)
    /// Without a single byte in either direction; there is no limit on the whole. A reader that is
    /// slower than the server does not count.
    package var idle: Duration = .seconds(120)
    /// Bytes of all headers of one answer.
    package var headerBytes = 256 << 10
    /// Bytes of the body; nil for as many as come.
    package var bodyBytes: Int?
    /// Bytes that wait for the reader before the transfer is paused; up to 16 KiB more may come.
    package var bufferedBytes = 256 << 10
    /// Redirects that are followed; with 0 the answer with the redirect is the result.
    package var redirects = 0

    /// The limits that suit a streaming answer.
    package init() {}
}

/// An address that a connection is about to be made to.
package struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]
    /// The port.
    package let port: Int
    /// `192.0.2.1` or `2001:db8::1`.
    package let description: String
}
