import Glibc

/// Asks the system about its ports.
package enum PortProbe {
    /// False while somebody on this machine listens on the port, by TCP or UDP, on whatever address.
    ///
    /// The answer holds for this moment and this network namespace only.
    package static func isFree(_ port: Int) -> Bool {
        guard let number = in_port_t(exactly: port) else { return false }
        return [Int32(SOCK_STREAM.rawValue), Int32(SOCK_DGRAM.rawValue)].allSatisfy { type in
            canBind(number, type: type, family: AF_INET)
                && canBind(number, type: type, family: AF_INET6)
        }
    }

    private static func canBind(_ port: in_port_t, type: Int32, family: Int32) -> Bool {
        let socket = Glibc.socket(family, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        // A machine without IPv6 has nobody who listens there.
        guard socket >= 0 else { return errno == EAFNOSUPPORT }
        defer { close(socket) }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        if type == Int32(SOCK_STREAM.rawValue) {
            // Connections that have ended and only wait for their time to be over do not count.
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, size)
        }
        if family == AF_INET6 {
            setsockopt(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            return bound(socket, &address)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return bound(socket, &address)
    }

    private static func bound<Address>(_ socket: Int32, _ address: inout Address) -> Bool {
        let status = withUnsafeBytes(of: &address) { bytes in
            bytes.baseAddress.map {
                bind(
                    socket, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            } ?? -1
        }
        return status == 0 || errno == EADDRNOTAVAIL
    }
}
