import CCurl

/// One libcurl transfer, with everything that must live as long; only the transfer thread has it.
final class EasyHandle {
    let handle: UnsafeMutableRawPointer
    let transfer: Transfer
    var lastActivity = ContinuousClock.now
    var idleLimit: Duration
    var isPaused = false

    /// What a callback saw and libcurl's code cannot say.
    var failure: HTTPError.Reason?
    private var head = Transfer.Head()
    private var headerBytes = 0
    private(set) var isHeadDone = false
    private var uploaded: curl_off_t = 0
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let body: UnsafeMutableBufferPointer<UInt8>

    /// nil when libcurl refuses an option or has no memory.
    init?(_ transfer: Transfer, route: HTTPRoute) {
        body = .allocate(capacity: transfer.request.body?.count ?? 0)
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.transfer = transfer
        idleLimit = transfer.request.limits.idle
        guard let handle = curl_easy_init() else {
            body.deallocate()
            words.deallocate()
            return nil
        }
        self.handle = handle
        _ = body.initialize(from: transfer.request.body ?? [])
        guard setUp(transfer.request, route) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(fields)
        words.deallocate()
        body.deallocate()
    }

    /// Lets bytes come again.
    func resume() {
        isPaused = false
        lastActivity = .now
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    // MARK: Options

    private func setUp(_ request: HTTPRequest, _ route: HTTPRoute) -> Bool {
        var isFine = true
        func set(_ code: CURLcode) { if code != CURLE_OK { isFine = false } }
        func set(_ option: CURLoption, _ value: Int) {
            set(wt_curl_set_long(handle, option, value))
        }
        func set(_ option: CURLoption, _ value: String) {
            set(wt_curl_set_string(handle, option, value))
        }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_URL, request.url.description)
        set(wt_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words))
        set(
            CURLOPT_CONNECTTIMEOUT_MS,
            Int(max(1, min(request.limits.connect / .milliseconds(1), 3_600_000))))
        // HTTP/2 where TLS negotiates it; a second request waits to learn whether it can share.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        if request.url.origin.isEncrypted { set(CURLOPT_PIPEWAIT, 1) }
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        if request.allowsAddress != nil {
            // A connection of another request went past this one's rule.
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
        }
        // Always said, so that libcurl does not look into the environment by itself.
        set(CURLOPT_PROXY, route.proxy(for: request.url.origin) ?? "")
        set(CURLOPT_NOPROXY, route.noProxy)
        if let file = route.authorityFile {
            set(CURLOPT_CAINFO, file)
            set(CURLOPT_PROXY_CAINFO, file)
        }
        if let folder = route.authorityFolder {
            set(CURLOPT_CAPATH, folder)
            set(CURLOPT_PROXY_CAPATH, folder)
        }
        setBody(request, set)
        setFields(request)
        set(wt_curl_set_list(handle, CURLOPT_HTTPHEADER, fields))
        set(setCallbacks())
        return isFine
    }

    private func setBody(_ request: HTTPRequest, _ set: (CURLcode) -> Void) {
        if request.method == "HEAD" { set(wt_curl_set_long(handle, CURLOPT_NOBODY, 1)) }
        if request.body != nil {
            set(
                wt_curl_set_size(
                    handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            set(wt_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress))
            set(wt_curl_set_long(handle, CURLOPT_POST, 1))
        }
        if request.method != "HEAD" {
            set(wt_curl_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method))
        }
    }

    private func setFields(_ request: HTTPRequest) {
        let all = request.headers.replacing(with: request.credentials)
        for field in all.fields {
            // An empty value needs the other spelling: with a colon libcurl drops the field.
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            fields = curl_slist_append(fields, line)
        }
        // libcurl waits a second for "100 Continue" before a large body, and sets a form's type.
        if all["expect"] == nil { fields = curl_slist_append(fields, "Expect:") }
        if all["content-type"] == nil { fields = curl_slist_append(fields, "Content-Type:") }
        if all["accept-encoding"] == nil {
            fields = curl_slist_append(fields, "Accept-Encoding: identity")
        }
    }

    private func setCallbacks() -> CURLcode {
        let me = Unmanaged.passUnretained(self).toOpaque()
        var codes: [CURLcode] = []
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA] {
            codes.append(wt_curl_set_pointer(handle, option, me))
        }
        codes.append(wt_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, me))
        codes.append(
            wt_curl_set_data(handle, CURLOPT_WRITEFUNCTION) { data, _, count, me in
                EasyHandle.from(me)?.write(data, count) ?? 0
            })
        codes.append(
            wt_curl_set_data(handle, CURLOPT_HEADERFUNCTION) { data, _, count, me in
                EasyHandle.from(me)?.header(data, count) ?? 0
            })
        codes.append(
            wt_curl_set_progress(handle) { me, _, _, _, uploaded in
                EasyHandle.from(me)?.progress(uploaded)
                return 0
            })
        codes.append(wt_curl_set_long(handle, CURLOPT_NOPROGRESS, 0))
        codes.append(
            wt_curl_set_socket(handle) { me, purpose, address in
                guard let address, let easy = EasyHandle.from(me) else { return CURL_SOCKET_BAD }
                return openSocket(address, allowedBy: easy)
            })
        return codes.first { $0 != CURLE_OK } ?? CURLE_OK
    }

    // The loop holds the handle's owner for as long as libcurl may call.
    private static func from(_ pointer: UnsafeMutableRawPointer?) -> EasyHandle? {
        pointer.map { Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    /// libcurl's words for the failure; may be empty.
    var detail: String { String(cString: words) }

    // MARK: Callbacks

    private func write(_ data: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        lastActivity = .now
        switch transfer.receive(UnsafeRawBufferPointer(start: data, count: count)) {
        case .taken: return count
        case .pause:
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        case .refuse:
            failure = failure ?? transfer.request.limits.bodyBytes.map { .bodyTooLarge(limit: $0) }
            return 0
        }
    }

    private func progress(_ uploaded: curl_off_t) {
        guard uploaded != self.uploaded else { return }
        self.uploaded = uploaded
        lastActivity = .now
    }

    private func header(_ data: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        lastActivity = .now
        headerBytes += count
        guard headerBytes <= transfer.request.limits.headerBytes else {
            failure = .headersTooLarge(limit: transfer.request.limits.headerBytes)
            return 0
        }
        // Trailers come here too, after the body.
        if isHeadDone { return count }
        let line = String(
            decoding: UnsafeRawBufferPointer(start: data, count: count), as: UTF8.self)
        let text = line.trimmed
        if text.hasPrefix("HTTP/") {
            let parts = text.dropFirst(5).split(separator: " ", maxSplits: 2)
            head = Transfer.Head()
            head.version = parts.first.map(String.init) ?? ""
            head.status = parts.dropFirst().first.flatMap { Int($0) } ?? 0
        } else if text.isEmpty {
            // 1xx is a word in between; the answer follows.
            guard head.status >= 200 else { return count }
            isHeadDone = true
            var connections = 0
            _ = wt_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &connections)
            head.isConnectionReused = connections == 0
            transfer.receive(head)
        } else if let colon = text.firstIndex(of: ":") {
            head.headers.append(
                String(text[..<colon]), String(text[text.index(after: colon)...]).trimmed)
        }
        return count
    }
}

extension String {
    /// Without spaces, tabs and line ends at both ends.
    fileprivate var trimmed: String {
        let isSpace = { (scalar: Unicode.Scalar) in
            scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
        }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
