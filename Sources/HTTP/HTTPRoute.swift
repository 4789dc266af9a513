/// How requests leave the machine, and whom they trust: what curl reads from the environment.
package struct HTTPRoute: Sendable, Equatable {
    /// Proxy for `http` URLs; nil goes there directly.
    package var httpProxy: String?
    /// Proxy for `https` URLs; nil goes there directly.
    package var httpsProxy: String?
    /// Hosts that are reached directly, in curl's form: `localhost,.example.org` or `*`.
    package var noProxy = ""
    /// File of trusted certificates in PEM; nil for the one that libcurl was built with.
    package var authorityFile: String?
    /// Folder of trusted certificates, hashed; nil for the one that libcurl was built with.
    package var authorityFolder: String?

    /// Straight to the host, with the system's certificates.
    package static let direct = HTTPRoute()

    /// No proxy and the system's certificates.
    package init() {}

    /// Reads `http_proxy` (lower case alone, since a CGI server sets the other), `HTTPS_PROXY`,
    /// `ALL_PROXY`, `NO_PROXY` in either case, `CURL_CA_BUNDLE`, `SSL_CERT_FILE`, `SSL_CERT_DIR`.
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let everything = value("all_proxy", "ALL_PROXY")
        httpProxy = value("http_proxy") ?? everything
        httpsProxy = value("https_proxy", "HTTPS_PROXY") ?? everything
        noProxy = value("no_proxy", "NO_PROXY") ?? ""
        authorityFile = value("CURL_CA_BUNDLE", "SSL_CERT_FILE")
        authorityFolder = value("SSL_CERT_DIR")
    }

    func proxy(for origin: HTTPURL.Origin) -> String? {
        origin.isEncrypted ? httpsProxy : httpProxy
    }
}
