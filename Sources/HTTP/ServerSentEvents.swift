/// One event of a `text/event-stream`.
package struct ServerSentEvent: Hashable, Sendable {
    /// `message` where the stream names none.
    package var type: String
    /// The lines of `data`, joined by line feeds.
    package var data: String
    /// The last `id` that the stream gave, this event's or an earlier one's; empty at first.
    package var lastID: String

    /// An event as the parser makes it.
    package init(type: String = "message", data: String, lastID: String = "") {
        self.type = type
        self.data = data
        self.lastID = lastID
    }
}

/// Reads server-sent events from bytes cut anywhere (WHATWG HTML, "Server-sent events").
///
/// An event that the stream's end cuts off is dropped, as the specification says.
package struct ServerSentEventParser: Sendable {
    /// A line or event larger than the limit.
    package struct TooLarge: Error, Equatable, Sendable {
        /// In bytes.
        package let limit: Int
    }

    /// What the stream last asked for with `retry`.
    package private(set) var retry: Duration?

    private let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type: [UInt8] = []
    private var lastID: [UInt8] = []
    /// A line feed right after a carriage return belongs to it.
    private var skipsLineFeed = false
    private var isFirstLine = true

    /// Lines and events of more than `limit` bytes are refused.
    package init(limit: Int = 32 << 20) { self.limit = limit }

    /// The events that these bytes complete.
    package mutating func push(
        _ bytes: some Collection<UInt8>
    ) throws(TooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let skips = skipsLineFeed
            skipsLineFeed = false
            switch byte {
            case 0x0a where skips: continue
            case 0x0a, 0x0d:
                skipsLineFeed = byte == 0x0d
                if let event = try endLine() { events.append(event) }
            default:
                line.append(byte)
                guard line.count <= limit else { throw TooLarge(limit: limit) }
            }
        }
        return events
    }

    private mutating func endLine() throws(TooLarge) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        let colon = line.firstIndex(of: 0x3a) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == 0x20 { value = value.dropFirst() }
        let name = line[..<colon]
        if name.elementsEqual("data".utf8) {
            if hasData { data.append(0x0a) }
            hasData = true
            data += value
            guard data.count <= limit else { throw TooLarge(limit: limit) }
        } else if name.elementsEqual("event".utf8) {
            type = Array(value)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { lastID = Array(value) }
        } else if name.elementsEqual("retry".utf8) {
            let isNumber = !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }
            if isNumber, let number = Int64(String(decoding: value, as: UTF8.self)) {
                retry = .milliseconds(number)
            }
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            type.removeAll(keepingCapacity: true)
            hasData = false
        }
        // An event without data is none; a `data` line with nothing in it counts as empty data, and
        // the specification drops only an event whose buffer is the empty string before the last
        // line feed goes, which means: no `data` line at all.
        guard hasData else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : String(decoding: type, as: UTF8.self),
            data: String(decoding: data, as: UTF8.self),
            lastID: String(decoding: lastID, as: UTF8.self))
    }
}
