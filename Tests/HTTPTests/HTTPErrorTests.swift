import Base
import Foundation
import HTTP
import TestSupport
import Testing

struct HTTPErrorTests {
    private let client: HTTPClient
    init() throws { client = try HTTPClient(route: .direct) }

    private func outcome(
        _ request: HTTPRequest, through other: HTTPClient? = nil
    ) async -> HTTPError.Reason? {
        do throws(HTTPError) {
            _ = try await (other ?? client).send(request).body.collect()
            return nil
        } catch {
            return error.reason
        }
    }

    /// What a client makes of bytes that a server sends before it closes.
    private func reason(
        after bytes: String, reset: Bool = false,
        _ change: (inout HTTPRequest) -> Void = { _ in }
    ) async throws -> HTTPError.Reason? {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write(bytes)
            if reset { connection.reset() }
        }
        var request = HTTPRequest("GET", try HTTPURL("http://127.0.0.1:\(server.port)/"))
        change(&request)
        return await outcome(request)
    }

    @Test(arguments: [
        ("", HTTPError.Reason.cut(received: 0)),
        ("HTTP/1.1 200 OK\r\ncontent-le", .cut(received: 0)),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", .cut(received: 3)),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", .cut(received: 3)),
    ])
    func `an answer that ends too early is cut`(
        _ bytes: String, _ expected: HTTPError.Reason
    ) async throws {
        #expect(try await reason(after: bytes) == expected)
    }

    @Test
    func `a reset is a cut`() async throws {
        let found = try await reason(
            after: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", reset: true)
        guard case .cut = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test
    func `bytes of a body that was cut are handed out before the error`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
        }
        let url = try HTTPURL("http://127.0.0.1:\(server.port)/")
        var iterator = try await client.send(HTTPRequest("GET", url)).body.makeAsyncIterator()
        #expect(try await iterator.next() == Array("abc".utf8))
        await #expect(throws: HTTPError.self) { _ = try await iterator.next() }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\0\0\0\0\0\0\0", "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
    ])
    func `what is not HTTP is an error`(_ bytes: String) async throws {
        let found = try #require(try await reason(after: bytes))
        let known: [HTTPError.Reason] = [.notHTTP, .invalidURL, .cut(received: 0), .other]
        #expect(known.contains(found), "\(found)")
    }

    @Test
    func `headers and bodies above their limits are refused`() async throws {
        let long = String(repeating: "x", count: 5000)
        let headers = try await reason(after: "HTTP/1.1 200 OK\r\na: \(long)\r\n\r\n") {
            $0.limits.headerBytes = 4096
        }
        #expect(headers == .headersTooLarge(limit: 4096))
        let body = try await reason(after: "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n\(long)")
        {
            $0.limits.bodyBytes = 4096
        }
        #expect(body == .bodyTooLarge(limit: 4096))
        let endless = try await reason(after: "HTTP/1.1 200 OK\r\n\r\n\(long)") {
            $0.limits.bodyBytes = 5000
        }
        #expect(endless == nil)
    }

    @Test
    func `nobody listens, no such host, no way to connect`() async throws {
        var server: LoopbackServer? = try LoopbackServer { _ in }
        let port = try #require(server?.port)
        server = nil
        let refused = await outcome(HTTPRequest("GET", try HTTPURL("http://127.0.0.1:\(port)/")))
        #expect(refused == .unreachable)
        // RFC 6761: ".invalid" has no addresses, whoever is asked.
        let unknown = await outcome(HTTPRequest("GET", try HTTPURL("http://nobody.invalid/")))
        #expect(unknown == .unresolvedHost(isProxy: false))
    }

    @Test(arguments: [
        ("", HTTPError.Reason.invalidURL), ("/relative", .invalidURL), ("http://", .invalidURL),
        ("http://a b/", .invalidURL), ("http://a/\u{1}", .invalidURL),
        ("http://a:99999/", .invalidURL), ("file:///etc/passwd", .unsupportedScheme("file")),
        ("ftp://a/", .unsupportedScheme("ftp")), ("gopher://a/", .unsupportedScheme("gopher")),
        ("x://a/", .unsupportedScheme("")), ("http://me:secret@a/", .credentialsInURL),
    ])
    func `URLs that are refused`(_ text: String, _ expected: HTTPError.Reason) {
        do throws(HTTPError) {
            Issue.record("accepted: \(try HTTPURL(text))")
        } catch {
            #expect(error.reason == expected)
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test(arguments: [
        ("a\r\nb: c", "x"), ("x", "a\r\nb: c"), ("x", "a\nb"), ("", "x"), ("a b", "x"),
    ])
    func `headers that would break the request are refused`(
        _ name: String, _ value: String
    ) async throws {
        let request = HTTPRequest(
            "GET", try HTTPURL("http://127.0.0.1:9/"), headers: HTTPHeaders([(name, value)]))
        #expect(await outcome(request) == .invalidHeader(name))
    }

    @Test
    func `an address that the rule refuses is never connected to`() async throws {
        let server = try LoopbackServer { connection in
            while connection.request() != nil { connection.answer(200) }
        }
        var request = HTTPRequest("GET", try HTTPURL("http://127.0.0.1:\(server.port)/"))
        // A kept connection of a request without the rule must not serve one with it.
        #expect(await outcome(request) == nil)
        request.allowsAddress = { $0.bytes != [127, 0, 0, 1] }
        #expect(await outcome(request) == .addressRefused("127.0.0.1"))
        let port = server.port
        request.allowsAddress = { $0.description == "127.0.0.1" && $0.port == port }
        #expect(await outcome(request) == nil)
    }

    @Test
    func `the proxy of the route is used, and its exceptions are not`() async throws {
        let proxy = try LoopbackServer { connection in
            let line = connection.request()?.components(separatedBy: "\r\n").first ?? ""
            connection.answer(200, "", line)
        }
        let route = HTTPRoute(environment: [
            "http_proxy": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": "127.0.0.1",
        ])
        let client = try HTTPClient(route: route)
        let response = try await client.send(
            HTTPRequest("GET", HTTPURL("http://nobody.invalid/x")))
        let line = String(decoding: try await response.body.collect(), as: UTF8.self)
        #expect(line == "GET http://nobody.invalid/x HTTP/1.1")
        let direct = await outcome(
            HTTPRequest("GET", try HTTPURL("http://127.0.0.1:\(proxy.port)/y")), through: client)
        #expect(direct == nil)
    }

    @Test
    func `a route reads the environment as curl does`() {
        let route = HTTPRoute(environment: [
            "HTTP_PROXY": "no", "HTTPS_PROXY": "a", "ALL_PROXY": "b", "no_proxy": "c",
            "CURL_CA_BUNDLE": "d", "SSL_CERT_FILE": "e", "SSL_CERT_DIR": "f",
        ])
        var expected = HTTPRoute()
        expected.httpProxy = "b"
        expected.httpsProxy = "a"
        expected.noProxy = "c"
        expected.authorityFile = "d"
        expected.authorityFolder = "f"
        #expect(route == expected)
        #expect(HTTPRoute(environment: [:]) == .direct)
    }
}
