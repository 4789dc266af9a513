import Glibc
import Processes
import Testing

/// Looks at sockets of this machine.
struct PortProbeTests {
    @Test(
        arguments: [AF_INET, AF_INET6], [Int32(SOCK_STREAM.rawValue), Int32(SOCK_DGRAM.rawValue)])
    func `a port is taken while somebody has it, and free again afterwards`(
        _ family: Int32, _ type: Int32
    ) throws {
        let descriptor = socket(family, type, 0)
        // A machine without IPv6 has nothing to look at.
        guard descriptor >= 0 else { return }
        var storage = sockaddr_in6()
        var size = socklen_t(
            family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
        storage.sin6_family = sa_family_t(family)
        let isBound = withUnsafeMutableBytes(of: &storage) { bytes in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
                return false
            }
            guard bind(descriptor, start, size) == 0 else { return false }
            return getsockname(descriptor, start, &size) == 0
        }
        guard isBound else { return #expect(errno == EADDRNOTAVAIL) }
        if type == Int32(SOCK_STREAM.rawValue) { #expect(listen(descriptor, 1) == 0) }
        let port = Int(in_port_t(bigEndian: storage.sin6_port))
        #expect(!PortProbe.isFree(port))
        close(descriptor)
        #expect(PortProbe.isFree(port))
    }

    @Test(arguments: [-1, 65536]) func `what is no port is not free`(_ number: Int) {
        #expect(!PortProbe.isFree(number))
    }
}
