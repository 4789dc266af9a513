/// A transfer that did not come to its end, as facts.
///
/// An answer with status 500 is no error: it is an ``HTTPResponse``.
package struct HTTPError: Error, Equatable, Sendable {
    /// What went wrong.
    package let reason: Reason
    /// Without user, password and query; empty when the text was no URL.
    package let url: String
    /// libcurl's code; 0 when libcurl did not fail.
    package let code: Int32
    /// `errno` of the system call that failed; 0 when none did.
    package let systemCode: Int32
    /// libcurl's own words, for a report; may be empty.
    package let detail: String

    /// What a caller can decide on.
    package enum Reason: Hashable, Sendable {
        /// The text is not an absolute URL.
        case invalidURL
        /// Only `http` and `https` are spoken; the scheme is empty where libcurl knows it neither.
        case unsupportedScheme(String)
        /// A user or password stands in the URL.
        case credentialsInURL
        /// The header of that name cannot be sent.
        case invalidHeader(String)
        /// The host, or the proxy where `isProxy`, has no address.
        case unresolvedHost(isProxy: Bool)
        /// Nobody listens, or no way leads there.
        case unreachable
        /// No connection within the limit.
        case connectTimeout(Duration)
        /// Not a byte moved for that long.
        case idleTimeout(Duration)
        /// The request's address rule said no; the address as text.
        case addressRefused(String)
        /// The server's certificate is not trusted.
        case certificate(CertificateProblem)
        /// The file or folder of trusted certificates cannot be read.
        case unusableAuthorities
        /// Encryption failed for another reason.
        case encryption
        /// The connection was reset or ended before the answer was whole, with so many body bytes.
        case cut(received: Int)
        /// The answer's headers exceed the request's limit, in bytes.
        case headersTooLarge(limit: Int)
        /// The answer's body exceeds the request's limit, in bytes.
        case bodyTooLarge(limit: Int)
        /// What came is not HTTP.
        case notHTTP
        /// More redirects than the request allows.
        case tooManyRedirects(limit: Int)
        /// A redirect leads from `https` to `http`.
        case insecureRedirect
        /// The task was cancelled, or nobody reads the body any more.
        case cancelled
        /// The client was closed.
        case closed
        /// The system has no memory or thread left, or libcurl lacks what the request needs.
        case refused
        /// Anything else; see ``HTTPError/code``.
        case other
    }

    /// Why a certificate is not trusted.
    package enum CertificateProblem: Hashable, Sendable {
        case expired
        case notYetValid
        case selfSigned
        case unknownIssuer
        case wrongHost
        case revoked
        /// OpenSSL's number (X509_V_ERR_…).
        case other(Int)
    }

    /// Codes are 0 and words empty unless libcurl gave some.
    package init(
        _ reason: Reason, url: String, code: Int32 = 0, systemCode: Int32 = 0, detail: String = ""
    ) {
        self.reason = reason
        self.url = url
        self.code = code
        self.systemCode = systemCode
        self.detail = detail
    }

    /// True when the same request may succeed a moment later.
    package var isTransient: Bool {
        switch reason {
        case .unresolvedHost, .unreachable, .connectTimeout, .idleTimeout, .cut, .encryption:
            true
        default: false
        }
    }
}
