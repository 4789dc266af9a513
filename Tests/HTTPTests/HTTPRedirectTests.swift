import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

struct HTTPRedirectTests {
    /// A server that notes the head of each request and answers it.
    private func server(
        _ seen: SeenRequests, _ answer: @escaping @Sendable (String) -> (Int, String)
    ) throws -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = connection.request() {
                seen.add(request)
                let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                let (status, fields) = answer(path)
                connection.answer(status, fields, "body of \(path)")
            }
        }
    }

    private func request(_ server: LoopbackServer, redirects: Int) throws -> HTTPRequest {
        var request = HTTPRequest(
            "POST", try HTTPURL("http://127.0.0.1:\(server.port)/a"),
            headers: ["content-type": "text/plain", "x-other": "1"], body: Array("hello".utf8))
        request.credentials = ["x-api-key": "secret", "Authorization": "Bearer secret"]
        request.limits.redirects = redirects
        return request
    }

    @Test(arguments: [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
    func `a redirect within the origin keeps the credentials`(
        _ status: Int, _ method: String
    ) async throws {
        let seen = SeenRequests()
        let server = try server(seen) { path in
            path == "/a" ? (status, "location: b?c=1\r\n") : (200, "")
        }
        let client = try HTTPClient(route: .direct)
        let response = try await client.send(request(server, redirects: 1))
        _ = try await response.body.collect()
        #expect(response.url.path == "/b")
        let last = try #require(seen.all.last)
        #expect(last.hasPrefix("\(method) /b?c=1 "))
        #expect(last.contains("x-api-key: secret"))
        #expect(last.hasSuffix("hello") == (method == "POST"))
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect to another origin never carries credentials`(_ status: Int) async throws {
        let others = SeenRequests()
        let other = try server(others) { _ in (200, "") }
        let port = other.port
        let server = try server(SeenRequests()) { _ in
            (status, "Location: http://127.0.0.1:\(port)/b\r\n")
        }
        let client = try HTTPClient(route: .direct)
        let response = try await client.send(request(server, redirects: 3))
        #expect(response.status == 200)
        let request = try #require(others.all.last)
        #expect(!request.lowercased().contains("secret"))
        #expect(request.contains("x-other: 1"))
    }

    @Test
    func `redirects end at their limit, and none is followed without one`() async throws {
        let seen = SeenRequests()
        let server = try server(seen) { _ in (307, "location: /a\r\n") }
        let client = try HTTPClient(route: .direct)
        let plain = try await client.send(request(server, redirects: 0))
        #expect(plain.status == 307)
        #expect(plain.headers["location"] == "/a")
        await #expect(throws: HTTPError.self) {
            try await client.send(try request(server, redirects: 4))
        }
        #expect(seen.all.count == 6)
    }

    @Test
    func `a redirect to another scheme is refused`() async throws {
        let server = try server(SeenRequests()) { _ in (302, "location: file:///etc/passwd\r\n") }
        let client = try HTTPClient(route: .direct)
        let request = try request(server, redirects: 1)
        do throws(HTTPError) {
            _ = try await client.send(request)
            Issue.record("followed")
        } catch {
            #expect(error.reason == .unsupportedScheme("file"))
        }
    }
}

/// What servers were asked.
final class SeenRequests: Sendable {
    private let requests = Mutex<[String]>([])
    func add(_ request: String) { requests.withLock { $0.append(request) } }
    var all: [String] { requests.withLock { $0 } }
}
