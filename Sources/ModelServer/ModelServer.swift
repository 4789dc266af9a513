package import Agents
package import Base
import CMicroHTTPD
import Glibc
import Synchronization

/// A model service on loopback that answers from a script, in the three formats of real ones.
///
/// `/v1/messages`, `/v1/messages/count_tokens`, `/v1/chat/completions`, `/v1/responses` and
/// `/v1/models`; whatever precedes `/v1` in a path does not count. Any key is accepted.
package final class ModelServer: Sendable {
    /// A request as it came, for tests and logs.
    package struct Seen: Sendable {
        /// Such as `POST`.
        package let method: String
        /// With the query.
        package let path: String
        /// Keys and tokens are masked.
        package let headers: [String: String]
        /// The body; null for none, a text for what is no JSON.
        package let body: JSON
        /// The body's bytes.
        package let bytes: [UInt8]
    }

    /// A server that cannot be started; `errno`.
    package struct Failure: Error, Hashable, Sendable {
        /// `errno` of the failed call.
        package let code: Int32
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    /// What answers.
    let script: ModelScript
    let faults = ScriptFaults()
    private let seen = Mutex<[Seen]>([])
    private let note: @Sendable (Seen) -> Void
    private let keepsRequests: Bool
    private let daemon = Mutex<UInt>(0)

    /// Starts to listen. Port 0 takes a free one. `note` is called on the connection's thread with
    /// each request, before it is answered.
    package init(
        _ script: ModelScript, port: Int = 0, keepsRequests: Bool = false,
        note: @escaping @Sendable (Seen) -> Void = { _ in }
    ) throws(Failure) {
        self.script = script
        self.note = note
        self.keepsRequests = keepsRequests
        let context = ServerContext()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        // The threads end before the server's memory does: see stop().
        let pointer = Unmanaged.passRetained(context).toOpaque()
        let started = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                wt_mhd_start($0, answerRequest, pointer, forgetRequest, 4096)
            }
        }
        guard let started else {
            let code = errno
            Unmanaged<ServerContext>.fromOpaque(pointer).release()
            throw Failure(code: code)
        }
        self.port = Int(wt_mhd_port(started))
        self.context = UInt(bitPattern: pointer)
        daemon.withLock { $0 = UInt(bitPattern: started) }
        context.server.withLock { $0 = WeakServer(self) }
    }

    private let context: UInt

    deinit { stop() }

    /// Ends all connections and waits for their threads.
    package func stop() {
        let daemon = daemon.withLock { daemon in
            defer { daemon = 0 }
            return OpaquePointer(bitPattern: daemon)
        }
        guard let daemon else { return }
        MHD_stop_daemon(daemon)
        if let context = UnsafeRawPointer(bitPattern: context) {
            Unmanaged<ServerContext>.fromOpaque(context).release()
        }
    }

    /// The requests so far; empty unless they are kept.
    package var requests: [Seen] { seen.withLock { $0 } }

    func record(_ request: Seen) {
        if keepsRequests { seen.withLock { $0.append(request) } }
        note(request)
    }
}

/// What libmicrohttpd's threads hold of a server.
final class ServerContext: Sendable {
    let server = Mutex<WeakServer?>(nil)

    /// nil once the server is on its way out.
    var current: ModelServer? { server.withLock { $0?.server } }
}

/// The server must be able to go although its threads know it.
struct WeakServer: Sendable {
    weak let server: ModelServer?
    init(_ server: ModelServer) { self.server = server }
}
