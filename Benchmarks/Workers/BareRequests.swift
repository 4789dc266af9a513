import Base
import HTTP

/// The requests of a worker, sent with nothing around them: what the server and the wire take by themselves.
struct BareRequests {
    private let bodies: [[UInt8]]

    /// Takes the requests of one worker from the log of a server, in their order.
    init(log: AbsolutePath) throws {
        bodies = try Files.read(log, limit: 1 << 30).split(separator: 10).compactMap { line in
            let request = try JSON(parsing: Array(line))
            guard request["path"] == "/v1/messages", let body = request["body"] else { return nil }
            return Array(body.compact.utf8)
        }
    }

    /// Seconds for one turn of all: each of so many workers sends its requests one after the other, over a
    /// connection that it keeps. The first, which makes the connection, does not count.
    func secondsPerTurn(workers: Int, to url: String) async throws -> Double {
        let client = try HTTPClient(route: HTTPRoute(environment: [:]))
        defer { client.close() }
        let address = try HTTPURL(url + "/v1/messages")
        func send(_ bodies: ArraySlice<[UInt8]>) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<workers {
                    group.addTask {
                        for body in bodies {
                            let request = HTTPRequest(
                                "POST", address, headers: ["content-type": "application/json"],
                                body: body)
                            let response = try await client.send(request)
                            _ = try await response.body.collect()
                            precondition(response.status == 200, "status \(response.status)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        try await send(bodies.prefix(1))
        let clock = ContinuousClock()
        let start = clock.now
        try await send(bodies.dropFirst())
        return (clock.now - start) / .seconds(1) / Double(bodies.count - 1)
    }
}
