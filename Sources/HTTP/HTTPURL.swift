import CCurl

/// An absolute `http` or `https` URL, taken apart by libcurl's own parser.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// The whole URL, normalised.
    package let description: String
    /// What credentials are bound to.
    package let origin: Origin
    /// Starts with `/`; still percent-encoded.
    package let path: String

    /// Scheme, host and port.
    package struct Origin: Hashable, Sendable {
        /// `http` or `https`.
        package let scheme: String
        /// Lower case; an IPv6 address is in brackets.
        package let host: String
        /// The scheme's usual port where the URL has none.
        package let port: Int

        /// Bytes go through TLS.
        package var isEncrypted: Bool { scheme == "https" }
    }

    /// Parses an absolute URL; user and password in it are refused, since they would end up in logs.
    package init(_ text: String) throws(HTTPError) {
        guard let handle = curl_url() else { throw HTTPError(.refused, url: "") }
        defer { curl_url_cleanup(handle) }
        try self.init(handle, setting: text)
    }

    /// What a `Location` of this URL's answer points to.
    package func resolving(_ reference: String) throws(HTTPError) -> HTTPURL {
        guard let handle = curl_url() else { throw HTTPError(.refused, url: "") }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, description, 0) == CURLUE_OK else {
            throw HTTPError(.invalidURL, url: "")
        }
        return try HTTPURL(handle, setting: reference)
    }

    private init(_ handle: OpaquePointer, setting text: String) throws(HTTPError) {
        // A space or control character in a URL is a mistake or an attack; libcurl lets some pass.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw HTTPError(.invalidURL, url: "")
        }
        let status = curl_url_set(handle, CURLUPART_URL, text, 0)
        guard status == CURLUE_OK else {
            throw HTTPError(
                status == CURLUE_UNSUPPORTED_SCHEME ? .unsupportedScheme("") : .invalidURL, url: "")
        }
        func part(_ which: CURLUPart, _ flags: UInt32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, which, &text, flags) == CURLUE_OK, let text else {
                return nil
            }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased() else {
            throw HTTPError(.invalidURL, url: "")
        }
        guard scheme == "http" || scheme == "https" else {
            throw HTTPError(.unsupportedScheme(scheme), url: "")
        }
        guard let host = part(CURLUPART_HOST)?.lowercased(),
            let port = part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
            let whole = part(CURLUPART_URL)
        else { throw HTTPError(.invalidURL, url: "") }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
            throw HTTPError(.credentialsInURL, url: "")
        }
        description = whole
        origin = Origin(scheme: scheme, host: host, port: port)
        path = part(CURLUPART_PATH) ?? "/"
    }

    /// For logs and errors: without the query, where people put keys.
    package var redacted: String {
        let port = origin.port == (origin.isEncrypted ? 443 : 80) ? "" : ":\(origin.port)"
        return "\(origin.scheme)://\(origin.host)\(port)\(path)"
    }

    /// The URL with a path appended to its own, whatever slashes the two have; a query is dropped.
    package func appending(_ path: String) throws(HTTPError) -> HTTPURL {
        let base = redacted
        let cut = base.hasSuffix("/") ? String(base.dropLast()) : base
        return try HTTPURL(cut + (path.hasPrefix("/") ? path : "/" + path))
    }
}
