import Base
import CMicroHTTPD
import Glibc

/// Bytes of a body that is still coming; one thread has it.
private final class Upload {
    // The service's own limit ("Request size limits": 32 MB).
    static let limit = 32 << 20
    var bytes: [UInt8] = []
    var isTooLarge = false
}

/// libmicrohttpd calls this once for the head, for each part of the body, and at its end.
let answerRequest: MHD_AccessHandlerCallback = {
    context, connection, url, method, _, data, size, slot in
    guard let context, let connection, let size, let slot, let url, let method else {
        return wt_mhd_no()
    }
    guard let known = slot.pointee else {
        slot.pointee = Unmanaged.passRetained(Upload()).toOpaque()
        return wt_mhd_yes()
    }
    let upload = Unmanaged<Upload>.fromOpaque(known).takeUnretainedValue()
    if size.pointee > 0 {
        if upload.bytes.count + size.pointee > Upload.limit { upload.isTooLarge = true }
        if !upload.isTooLarge {
            upload.bytes += UnsafeRawBufferPointer(start: data, count: size.pointee)
        }
        size.pointee = 0
        return wt_mhd_yes()
    }
    guard let server = Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue().current
    else { return wt_mhd_no() }
    let request = seen(connection, String(cString: method), String(cString: url), upload.bytes)
    server.record(request)
    if upload.isTooLarge { return send(.json(413, ["error": "too large"]), connection) }
    return send(server.reply(to: request, now: .now), connection)
}

/// The request is over, whatever became of it.
let forgetRequest: MHD_RequestCompletedCallback = { _, _, slot, _ in
    guard let known = slot?.pointee else { return }
    Unmanaged<Upload>.fromOpaque(known).release()
    slot?.pointee = nil
}

private func seen(
    _ connection: OpaquePointer, _ method: String, _ path: String, _ bytes: [UInt8]
) -> ModelServer.Seen {
    /// Collects fields; lives for the length of one call.
    final class Fields { var all: [(String, String)] = [] }
    func read(
        _ visit: (OpaquePointer, MHD_KeyValueIterator, UnsafeMutableRawPointer) -> Void
    ) -> [(String, String)] {
        let fields = Fields()
        visit(
            connection,
            { fields, _, name, value in
                guard let fields, let name else { return wt_mhd_no() }
                Unmanaged<Fields>.fromOpaque(fields).takeUnretainedValue().all.append(
                    (String(cString: name), value.map { String(cString: $0) } ?? ""))
                return wt_mhd_yes()
            }, Unmanaged.passUnretained(fields).toOpaque())
        return withExtendedLifetime(fields) { fields.all }
    }
    var headers: [String: String] = [:]
    for (name, value) in read({ wt_mhd_headers($0, $1, $2) }) {
        let name = name.lowercased()
        headers[name] = ["authorization", "x-api-key", "cookie"].contains(name) ? "***" : value
    }
    let query = read({ wt_mhd_arguments($0, $1, $2) }).map {
        $0.1.isEmpty ? $0.0 : "\($0.0)=\($0.1)"
    }
    // What is no JSON is kept as text.
    let parsed = try? JSON(parsing: bytes)
    let body =
        bytes.isEmpty ? .null : parsed ?? .string(String(decoding: bytes, as: UTF8.self))
    return ModelServer.Seen(
        method: method, path: query.isEmpty ? path : path + "?" + query.joined(separator: "&"),
        headers: headers, body: body, bytes: bytes)
}

private func send(_ reply: ServerReply, _ connection: OpaquePointer) -> MHD_Result {
    let response: OpaquePointer?
    switch reply.content {
    case .reset:
        // Closing with this set sends a reset instead of an end.
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            wt_mhd_socket(connection), SOL_SOCKET, SO_LINGER, &value,
            socklen_t(MemoryLayout<linger>.size))
        return wt_mhd_no()
    case .bytes(let bytes): response = wt_mhd_copy(bytes.count, bytes)
    case .stream(let stream):
        let writer = StreamWriter(stream, socket: wt_mhd_socket(connection))
        response = MHD_create_response_from_callback(
            UInt64.max, 1 << 14,
            { writer, _, buffer, size in
                guard let writer, let buffer else { return -2 }
                return Unmanaged<StreamWriter>.fromOpaque(writer).takeUnretainedValue()
                    .next(buffer, size)
            }, Unmanaged.passRetained(writer).toOpaque(),
            { writer in
                if let writer { Unmanaged<StreamWriter>.fromOpaque(writer).release() }
            })
    }
    guard let response else { return wt_mhd_no() }
    for (name, value) in reply.headers { MHD_add_response_header(response, name, value) }
    let result = MHD_queue_response(connection, UInt32(reply.status), response)
    MHD_destroy_response(response)
    return result
}

/// Hands out a stream piece by piece; the connection's own thread has it, so it may wait.
private final class StreamWriter {
    private let stream: ScriptedStream
    private let socket: Int32
    private var piece = 0
    private var offset = 0

    // What libmicrohttpd takes for the end of a body, and for its breaking off; two cast macros.
    private static let end = -1
    private static let broken = -2

    init(_ stream: ScriptedStream, socket: Int32) {
        self.stream = stream
        self.socket = socket
    }

    func next(_ buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> Int {
        guard piece < stream.pieces.count else {
            switch stream.ending {
            case .whole: return StreamWriter.end
            case .cut: return StreamWriter.broken
            case .stall:
                waitForClose(milliseconds: -1)
                return StreamWriter.broken
            }
        }
        if offset == 0, piece > 0, stream.delay > .zero {
            waitForClose(milliseconds: Int32(clamping: Int64(stream.delay / .milliseconds(1))))
        }
        let bytes = stream.pieces[piece]
        let count = min(size, bytes.count - offset)
        let target = UnsafeMutableRawBufferPointer(start: buffer, count: count)
        target.copyBytes(from: bytes[offset..<(offset + count)])
        offset += count
        if offset == bytes.count {
            piece += 1
            offset = 0
        }
        return count
    }

    /// Returns when the client has closed or the server stops, or after so long.
    private func waitForClose(milliseconds: Int32) {
        // POLLRDHUP, which Glibc's module hides: the client has closed its end.
        var entry = pollfd(fd: socket, events: 0x2000, revents: 0)
        while poll(&entry, 1, milliseconds) < 0, errno == EINTR {}
    }
}
