import CCurl
import Glibc

/// Makes the socket for a connection, unless the request's rule refuses the address.
func openSocket(
    _ address: UnsafeMutablePointer<curl_sockaddr>, allowedBy easy: EasyHandle
) -> curl_socket_t {
    if let allows = easy.transfer.request.allowsAddress {
        let target = HTTPAddress(address)
        // An address of a family without text, such as a path, is no host of the network.
        guard let target, allows(target) else {
            easy.failure = .addressRefused(target?.description ?? "")
            return CURL_SOCKET_BAD
        }
    }
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, type, address.pointee.protocol)
}

extension HTTPAddress {
    /// nil for a family other than IPv4 and IPv6.
    fileprivate init?(_ address: UnsafeMutablePointer<curl_sockaddr>) {
        guard
            let raw = withUnsafeMutablePointer(to: &address.pointee.addr, { UnsafeRawPointer($0) })
                as UnsafeRawPointer?
        else { return nil }
        switch address.pointee.family {
        case AF_INET:
            let value = raw.loadUnaligned(as: sockaddr_in.self)
            bytes = withUnsafeBytes(of: value.sin_addr) { Array($0) }
            port = Int(UInt16(bigEndian: value.sin_port))
        case AF_INET6:
            let value = raw.loadUnaligned(as: sockaddr_in6.self)
            bytes = withUnsafeBytes(of: value.sin6_addr) { Array($0) }
            port = Int(UInt16(bigEndian: value.sin6_port))
        default: return nil
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = address.pointee.family
        let isWritten = bytes.withUnsafeBytes {
            inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) != nil
        }
        guard isWritten else { return nil }
        description = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
