import Foundation
import Synchronization

/// A TCP server on loopback whose answers a test writes byte by byte.
///
/// Each connection is handled on a thread of its own; when the server goes, all are closed.
package final class LoopbackServer: Sendable {
    /// One accepted connection.
    package struct Connection: Sendable {
        fileprivate let descriptor: Int32
        /// 0 for the first connection, and so on.
        package let number: Int

        /// The next request, head and body; nil when the client has closed.
        package func request() -> String? {
            var bytes: [UInt8] = []
            while true {
                if let end = bytes.endOfHead {
                    let head = String(decoding: bytes[..<end], as: UTF8.self)
                    let length =
                        head.lowercased().split(separator: "\r\n")
                        .first { $0.hasPrefix("content-length:") }
                        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                    if bytes.count >= end + length { return String(decoding: bytes, as: UTF8.self) }
                }
                guard let more = read(), !more.isEmpty else { return nil }
                bytes += more
            }
        }

        /// Some bytes; empty at the end, nil after a reset.
        package func read() -> [UInt8]? {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            return count < 0 ? nil : Array(buffer[..<count])
        }

        /// Sends the bytes; false when the client is gone.
        @discardableResult
        package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        /// Sends the bytes; false when the client is gone.
        @discardableResult
        package func write(_ bytes: [UInt8]) -> Bool {
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeBytes {
                    send(
                        descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return false }
                done += count
            }
            return true
        }

        /// A whole answer with a length.
        package func answer(_ status: Int, _ fields: String = "", _ body: String = "") {
            write(
                "HTTP/1.1 \(status) X\r\ncontent-length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
            )
        }

        /// Closes with a reset instead of an end.
        package func reset() {
            var value = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        }

        /// Whether the socket takes bytes, or comes to within so many milliseconds.
        package func isWritable(within milliseconds: Int32) -> Bool {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            return poll(&entry, 1, milliseconds) > 0
        }

        /// Returns when the client has closed.
        package func waitForClose() { while let more = read(), !more.isEmpty {} }
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let descriptor: Int32
    private let open = Mutex<Set<Int32>>([])

    package init(_ handle: @escaping @Sendable (Connection) -> Void) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard status else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            var number = 0
            while true {
                let client = accept(descriptor, nil, nil)
                if client < 0 { return }
                guard let self else {
                    close(client)
                    return
                }
                self.open.withLock { _ = $0.insert(client) }
                let connection = Connection(descriptor: client, number: number)
                number += 1
                Thread.detachNewThread { [weak self] in
                    handle(connection)
                    // Whoever takes it out of the set closes it.
                    let isMine = self?.open.withLock { $0.remove(client) != nil } ?? true
                    if isMine { close(client) }
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
        // The handler's thread closes what it reads or writes; this makes it stop.
        open.withLock { for client in $0 { shutdown(client, Int32(SHUT_RDWR)) } }
    }
}

extension [UInt8] {
    fileprivate var endOfHead: Int? {
        guard count >= 4 else { return nil }
        return (0...(count - 4)).first { self[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
            .map { $0 + 4 }
    }
}
