import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

struct HTTPClientTests {
    private let client: HTTPClient
    init() throws { client = try HTTPClient(route: .direct) }

    private func url(_ server: LoopbackServer, _ path: String = "/") throws -> HTTPURL {
        try HTTPURL("http://127.0.0.1:\(server.port)\(path)")
    }

    private func text(_ response: HTTPResponse) async throws -> String {
        String(decoding: try await response.body.collect(), as: UTF8.self)
    }

    @Test
    func `a request and its answer arrive as they are`() async throws {
        let seen = Mutex("")
        let server = try LoopbackServer { connection in
            let request = connection.request() ?? ""
            seen.withLock { $0 = request }
            connection.answer(201, "X-A: 1\r\nx-a:  two \r\n", "hello")
        }
        var request = HTTPRequest(
            "POST", try url(server, "/v1/x?y=z"), headers: ["Content-Type": "application/json"],
            body: Array("{\"a\":1}".utf8))
        request.credentials = ["X-Api-Key": "secret"]
        let response = try await client.send(request)
        #expect(response.status == 201)
        #expect(response.version == "1.1")
        #expect(response.headers["x-A"] == "1")
        #expect(response.headers.fields.map(\.value) == ["5", "1", "two"])
        #expect(try await text(response) == "hello")
        let lines = seen.withLock { $0 }.components(separatedBy: "\r\n")
        #expect(lines.first == "POST /v1/x?y=z HTTP/1.1")
        #expect(lines.contains("X-Api-Key: secret"))
        #expect(lines.contains("Accept-Encoding: identity"))
        #expect(lines.last == "{\"a\":1}")
        #expect(!lines.contains { $0.hasPrefix("Expect") })
    }

    @Test
    func `a stream is read chunk by chunk while the server still writes`() async throws {
        let (steps, step) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let gate = DispatchSemaphore(value: 0)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            for number in 0..<3 {
                connection.write("1\r\n\(number)\r\n")
                // The next chunk is written only once the reader has this one.
                gate.wait()
            }
            connection.write("0\r\n\r\n")
            step.finish()
        }
        var iterator = try await client.send(HTTPRequest("GET", url(server))).body
            .makeAsyncIterator()
        for number in 0..<3 {
            #expect(try await iterator.next() == Array("\(number)".utf8))
            gate.signal()
        }
        #expect(try await iterator.next() == nil)
        for await _ in steps {}
    }

    @Test
    func `a slow reader stops the server instead of filling memory`() async throws {
        let written = Atomic(0)
        let total = 64 << 20
        let (full, isFull) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .unbounded)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: \(total)\r\n\r\n")
            let block = [UInt8](repeating: 7, count: 1 << 16)
            var left = total
            while left > 0 {
                // Not a byte more goes in: the socket's own buffers and the client's are full.
                if !connection.isWritable(within: 300) { isFull.yield(total - left) }
                guard connection.write(block) else { return }
                left -= block.count
                written.store(total - left, ordering: .relaxed)
            }
        }
        let response = try await client.send(HTTPRequest("GET", url(server)))
        var stops = full.makeAsyncIterator()
        let stoppedAt = try #require(await stops.next())
        #expect(stoppedAt < 16 << 20)
        #expect(try await response.body.collect(limit: total).count == total)
        #expect(written.load(ordering: .relaxed) == total)
    }

    @Test
    func `a cancelled task closes the transfer at once`() async throws {
        let (closes, closed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let (starts, started) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            started.yield()
            connection.waitForClose()
            closed.yield()
        }
        let request = HTTPRequest("GET", try url(server))
        let task = Task { [client] in try await client.send(request).status }
        var start = starts.makeAsyncIterator()
        await start.next()
        task.cancel()
        let result = await task.result
        #expect(throws: HTTPError(.cancelled, url: request.url.redacted)) { try result.get() }
        var close = closes.makeAsyncIterator()
        await close.next()
    }

    @Test
    func `a body that nobody reads any more closes the transfer`() async throws {
        let (closes, closed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
            connection.waitForClose()
            closed.yield()
        }
        do {
            let response = try await client.send(HTTPRequest("GET", url(server)))
            #expect(response.status == 200)
        }
        var close = closes.makeAsyncIterator()
        await close.next()
    }

    @Test
    func `a task that is cancelled before it sends gets nothing`() async throws {
        let server = try LoopbackServer { connection in connection.waitForClose() }
        let request = HTTPRequest("GET", try url(server))
        let client = client
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(request).status
        }
        await #expect(throws: HTTPError(.cancelled, url: request.url.redacted)) {
            try await task.value
        }
    }

    @Test
    func `silence longer than the limit ends the transfer`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
            connection.waitForClose()
        }
        var request = HTTPRequest("GET", try url(server))
        request.limits.idle = .milliseconds(80)
        let response = try await client.send(request)
        var iterator = response.body.makeAsyncIterator()
        #expect(try await iterator.next() == Array("abc".utf8))
        await #expect(throws: HTTPError(.idleTimeout(.milliseconds(80)), url: request.url.redacted))
        {
            _ = try await iterator.next()
        }
    }

    @Test
    func `a connection is used again, also after an answer without a body`() async throws {
        let server = try LoopbackServer { connection in
            while connection.request() != nil {
                connection.answer(200, "n: \(connection.number)\r\n")
            }
        }
        var numbers: [String] = []
        var reused: [Bool] = []
        for _ in 0..<3 {
            let response = try await client.send(HTTPRequest("GET", url(server)))
            _ = try await response.body.collect()
            numbers.append(response.headers["n"] ?? "")
            reused.append(response.isConnectionReused)
        }
        #expect(numbers == ["0", "0", "0"])
        #expect(reused == [false, true, true])
    }

    @Test
    func `a kept connection that the server closed meanwhile is replaced`() async throws {
        let server = try LoopbackServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(200, "n: \(connection.number)\r\n")
        }
        for number in 0..<3 {
            let response = try await client.send(
                HTTPRequest("POST", url(server), body: Array("x".utf8)))
            _ = try await response.body.collect()
            #expect(response.headers["n"] == "\(number)")
        }
    }

    @Test
    func `a thousand requests share the one thread`() async throws {
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                let path = request.split(separator: " ").dropFirst().first ?? ""
                connection.answer(200, "", "\(path)")
            }
        }
        let base = "http://127.0.0.1:\(server.port)"
        let client = client
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                if number >= 50 { #expect(try await group.next() == true) }
                group.addTask {
                    let response = try await client.send(
                        HTTPRequest("GET", HTTPURL("\(base)/\(number)")))
                    return try await response.body.collect() == Array("/\(number)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test
    func `a closed client ends what is under way and takes nothing new`() async throws {
        let (starts, started) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            started.yield()
            connection.waitForClose()
        }
        let request = HTTPRequest("GET", try url(server))
        let other = try HTTPClient(route: .direct)
        let task = Task { try await other.send(request).status }
        var start = starts.makeAsyncIterator()
        await start.next()
        other.close()
        await #expect(throws: HTTPError(.closed, url: request.url.redacted)) {
            try await task.value
        }
        await #expect(throws: HTTPError(.closed, url: request.url.redacted)) {
            try await other.send(request)
        }
    }
}
