import Base
package import HTTP

/// Fetches pages over HTTP, from public addresses alone.
///
/// An address is judged when the connection to it is made, whatever its name led to before.
package struct HTTPPageFetcher: PageFetcher {
    private let client: HTTPClient
    private let allows: @Sendable (NetworkAddress) -> Bool

    /// A fetcher with connections of its own. It uses no proxy: that would resolve names where
    /// nobody judges what they lead to.
    package init() throws(HTTPError) { try self.init { $0.isPublic } }

    /// A fetcher with another rule for addresses.
    init(allows: @escaping @Sendable (NetworkAddress) -> Bool) throws(HTTPError) {
        client = try HTTPClient(route: .direct, connections: 8)
        self.allows = allows
    }

    /// Fetches with GET, and nothing that says who asks.
    package func fetch(_ url: PageURL, limit: Int) async throws(PageFailure) -> Page {
        do throws(HTTPError) {
            return try await page(at: try HTTPURL(url.description), limit: limit)
        } catch {
            throw PageFailure(HTTPPageFetcher.words(error))
        }
    }

    /// Fetches from any address that the rule allows.
    func page(at url: HTTPURL, limit: Int) async throws(HTTPError) -> Page {
        var request = HTTPRequest(
            "GET", url,
            headers: ["accept": "text/html, text/*;q=0.9, */*;q=0.1", "user-agent": "treeguild"])
        request.limits.idle = .seconds(30)
        let allows = allows
        request.allowsAddress = { address in
            NetworkAddress(bytes: address.bytes).map(allows) ?? false
        }
        let response = try await client.send(request)
        var bytes: [UInt8] = []
        var iterator = response.body.makeAsyncIterator()
        // What is left when this returns is never fetched.
        while bytes.count <= limit, let chunk = try await iterator.next() { bytes += chunk }
        let type = response.headers["content-type"]?.lowercased() ?? ""
        return Page(
            status: response.status,
            mediaType: String(type.prefix { $0 != ";" && $0 != " " }),
            bytes: Array(bytes.prefix(limit)), isCut: bytes.count > limit,
            location: response.headers["location"])
    }

    private static func words(_ error: HTTPError) -> String {
        switch error.reason {
        case .unresolvedHost: "its host has no address"
        case .unreachable: "nobody answers there"
        case .connectTimeout: "no connection came about in time"
        case .idleTimeout: "the server fell silent"
        case .addressRefused(let address):
            "\(address) belongs to this machine or a private network"
        case .certificate: "its certificate is not valid"
        case .encryption, .unusableAuthorities: "no encrypted connection came about"
        case .cut: "the connection broke off"
        case .headersTooLarge, .bodyTooLarge: "the answer is too large"
        case .notHTTP: "the answer is not HTTP"
        case .cancelled, .closed: "it was stopped"
        default: "the address cannot be used"
        }
    }
}
