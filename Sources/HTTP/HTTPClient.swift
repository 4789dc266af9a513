import CCurl

/// Sends requests; one thread moves the bytes of all of them.
///
/// Connections are kept and reused; over TLS, requests to one host share an HTTP/2 connection where
/// the server speaks it. The thread ends with the client.
package final class HTTPClient: Sendable {
    private let mailbox = TransferMailbox()

    /// At most `connections` are kept open while nobody uses them.
    package init(route: HTTPRoute, connections: Int = 128) throws(HTTPError) {
        try TransferLoop.start(mailbox, route: route, connections: connections)
    }

    deinit { close() }

    /// Ends every transfer with `closed`, and all to come.
    package func close() { mailbox.post(.stop) }

    /// Sends the request and waits for the headers of its answer.
    ///
    /// Redirects are followed as far as the request's limits allow: to another origin without the
    /// request's credentials, and never from `https` to `http`. Cancelling the task closes the
    /// transfer.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = request
        let limit = request.limits.redirects
        var followed = 0
        while true {
            let response = try await sendOnce(request)
            guard limit > 0, let next = try request.following(response) else { return response }
            guard followed < limit else {
                throw HTTPError(.tooManyRedirects(limit: limit), url: request.url.redacted)
            }
            followed += 1
            request = next
        }
    }

    private func sendOnce(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        for headers in [request.headers, request.credentials] {
            if let field = headers.firstUnusable {
                throw HTTPError(.invalidHeader(field.name), url: request.url.redacted)
            }
        }
        let transfer = Transfer(request, mailbox: mailbox)
        let body = HTTPBody(transfer)
        guard mailbox.post(.start(transfer)) else {
            throw HTTPError(.closed, url: request.url.redacted)
        }
        let head = try await transfer.head().get()
        return HTTPResponse(
            status: head.status, headers: head.headers, url: request.url, version: head.version,
            isConnectionReused: head.isConnectionReused, body: body)
    }

    /// Of libcurl as it is linked at run time, such as `7.88.1`.
    package static var libraryVersion: String {
        let words = String(cString: curl_version()).split(separator: " ")
        return words.first?.split(separator: "/").last.map(String.init) ?? ""
    }
}

extension HTTPRequest {
    /// The request that a redirect asks for; nil when the answer is none.
    func following(_ response: HTTPResponse) throws(HTTPError) -> HTTPRequest? {
        guard [301, 302, 303, 307, 308].contains(response.status),
            let location = response.headers["location"]
        else { return nil }
        var next = self
        next.url = try url.resolving(location)
        guard next.url.origin.isEncrypted || !url.origin.isEncrypted else {
            throw HTTPError(.insecureRedirect, url: url.redacted)
        }
        if next.url.origin != url.origin { next.credentials = [:] }
        // What browsers and curl do: a POST that was moved becomes a GET, unless the server insists.
        let changesMethod =
            response.status == 303 ? method != "HEAD" : response.status < 303 && method == "POST"
        if changesMethod {
            next.method = "GET"
            next.body = nil
            next.headers["content-type"] = nil
        }
        return next
    }
}
