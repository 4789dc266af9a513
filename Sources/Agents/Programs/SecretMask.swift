import Glibc

/// Takes secrets out of what is written down.
package struct SecretMask: Sendable {
    private let secrets: [[UInt8]]

    /// Shorter texts are no secrets: they would be found everywhere.
    private static let least = 8

    /// - Parameter secrets: Such as the values of keys; short ones are passed over.
    package init(_ secrets: [String]) {
        self.secrets = Set(secrets).map { Array($0.utf8) }.filter { $0.count >= Self.least }
            .sorted { $0.count > $1.count }
    }

    /// The line with `[secret]` in the place of each.
    package func masked(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        for secret in secrets {
            var out: [UInt8] = []
            var rest = line
            while let at = Self.find(secret, in: rest) {
                out += rest[..<at] + Array("[secret]".utf8)
                rest = rest[(at + secret.count)...]
            }
            if !out.isEmpty { line = (out + rest)[...] }
        }
        return line
    }

    /// Where the bytes begin first.
    private static func find(_ wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var at = 0
            while at + wanted.count <= buffer.count {
                let room = buffer.count - at - wanted.count + 1
                guard let found = memchr(base + at, Int32(wanted[0]), room) else { return nil }
                at = base.distance(to: UnsafeRawPointer(found))
                if memcmp(base + at, wanted, wanted.count) == 0 { return bytes.startIndex + at }
                at += 1
            }
            return nil
        }
    }
}
