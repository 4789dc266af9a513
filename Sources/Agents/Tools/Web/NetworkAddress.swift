/// An IP address, version 4 or 6.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    /// Nil for any other number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `192.0.2.1` and `2001:db8::1`; nil for names and for every other spelling.
    package init?(_ text: String) {
        guard let bytes = text.contains(":") ? Self.version6(text) : Self.version4(text) else {
            return nil
        }
        self.bytes = bytes
    }

    /// False for addresses of this machine, of local and private networks, of test networks, for
    /// several receivers, and those that carry such an address inside.
    package var isPublic: Bool {
        guard bytes.count == 16 else { return Self.isPublic4(bytes[0], bytes[1], bytes[2]) }
        func inner(_ at: Int) -> Bool { Self.isPublic4(bytes[at], bytes[at + 1], bytes[at + 2]) }
        // The IANA special-purpose address registries say which these are.
        if bytes[..<10].allSatisfy({ $0 == 0 }) {
            return bytes[10] == 0xff && bytes[11] == 0xff && inner(12)
        }
        if bytes[..<4] == [0, 0x64, 0xff, 0x9b] {
            return bytes[4..<12].allSatisfy { $0 == 0 } && inner(12)
        }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return inner(2) }
        if bytes[..<4] == [0x20, 0x01, 0x0d, 0xb8] { return false }
        if bytes[0] == 0x20, bytes[1] == 0x01, bytes[2] < 2 { return false }
        // Global unicast is 2000::/3; all else is local, several receivers, or unassigned.
        return bytes[0] & 0xe0 == 0x20
    }

    private static func isPublic4(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
        switch (a, b, c) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _),
            (100, 64...127, _), (192, 0, 0), (192, 0, 2), (198, 18...19, _), (198, 51, 100),
            (203, 0, 113), (192, 88, 99), (224..., _, _):
            false
        default: true
        }
    }

    private static func version4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part in
            // Leading zeros are octal to some programs.
            part.allSatisfy(\.isNumber) && (part == "0" || !part.hasPrefix("0")) ? UInt8(part) : nil
        }
        return bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        var text = text
        if let last = text.split(separator: ":").last, last.contains(".") {
            guard let four = version4(String(last)) else { return nil }
            let groups = [four[0...1], four[2...3]].map { pair in
                String(pair.reduce(0) { $0 << 8 | Int($1) }, radix: 16)
            }
            text = text.dropLast(last.count) + groups.joined(separator: ":")
        }
        func groups(_ text: Substring) -> [UInt16]? {
            if text.isEmpty { return [] }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let values = parts.compactMap { $0.count <= 4 ? UInt16($0, radix: 16) : nil }
            return values.count == parts.count ? values : nil
        }
        var halves: [Substring] = [text[...]]
        var at = text.startIndex
        while at < text.endIndex {
            if text[at...].hasPrefix("::") {
                halves = [text[..<at], text[text.index(at, offsetBy: 2)...]]
                break
            }
            at = text.index(after: at)
        }
        guard let head = groups(halves[0]), let tail = groups(halves.count > 1 ? halves[1] : "")
        else { return nil }
        let missing = 8 - head.count - tail.count
        guard halves.count > 1 ? missing > 0 : missing == 0 else { return nil }
        let all = head + [UInt16](repeating: 0, count: missing) + tail
        return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }
}
