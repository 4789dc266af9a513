import CCurl

extension EasyHandle {
    /// What libcurl's result means; nil for success.
    func error(_ result: CURLcode) -> HTTPError? {
        guard result != CURLE_OK else {
            // libcurl takes the end of the connection for the end of the headers.
            return isHeadDone ? nil : HTTPError(.cut(received: 0), url: transfer.url)
        }
        var system = 0
        _ = wt_curl_get_long(handle, CURLINFO_OS_ERRNO, &system)
        return HTTPError(
            failure ?? reason(result), url: transfer.url, code: Int32(result.rawValue),
            systemCode: Int32(system), detail: detail)
    }

    private func reason(_ result: CURLcode) -> HTTPError.Reason {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST: .unresolvedHost(isProxy: false)
        case CURLE_COULDNT_RESOLVE_PROXY: .unresolvedHost(isProxy: true)
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .unreachable
        // The only limit that libcurl is given is the one on connecting.
        case CURLE_OPERATION_TIMEDOUT: .connectTimeout(transfer.request.limits.connect)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            .certificate(certificateProblem)
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE: .unusableAuthorities
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CERTPROBLEM:
            .encryption
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING,
            CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND, CURLE_PROXY:
            .cut(received: transfer.received)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .invalidURL
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .notHTTP
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN: .refused
        default: .other
        }
    }

    // The numbers of OpenSSL's x509_vfy.h. 0 and 1 are what libcurl leaves there when the chain was
    // not what it disliked, so the name must be wrong.
    private var certificateProblem: HTTPError.CertificateProblem {
        var result = 0
        _ = wt_curl_get_long(handle, CURLINFO_SSL_VERIFYRESULT, &result)
        return switch result {
        case 0, 1, 62, 64: .wrongHost
        case 9: .notYetValid
        case 10: .expired
        case 18: .selfSigned
        case 2, 19, 20, 21: .unknownIssuer
        case 23: .revoked
        default: .other(result)
        }
    }
}
