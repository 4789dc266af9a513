import Base
import HTTP
import TestSupport
import Testing

@testable import Agents

struct PageFetcherTests {
    @Test
    func `a private address is refused when the connection is made`() async throws {
        let server = try LoopbackServer { connection in
            while connection.request() != nil { connection.answer(200, "", "secret") }
        }
        let url = try HTTPURL("http://localhost:\(server.port)/x")
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPPageFetcher().page(at: url, limit: 100)
        }
        guard case .addressRefused? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test
    func `a page comes with its kind, cut where it is too long, redirections not followed`()
        async throws
    {
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                if request.hasPrefix("GET /to ") {
                    connection.answer(302, "location: /there\r\n")
                } else {
                    let body = String(repeating: "A", count: 5000)
                    connection.answer(200, "content-type: Text/HTML; charset=utf-8\r\n", body)
                }
            }
        }
        let fetcher = try HTTPPageFetcher { _ in true }
        let base = "http://127.0.0.1:\(server.port)"
        let page = try await fetcher.page(at: try HTTPURL(base + "/x"), limit: 100)
        #expect(page.mediaType == "text/html" && page.isCut && page.bytes.count == 100)
        let whole = try await fetcher.page(at: try HTTPURL(base + "/x"), limit: 5000)
        #expect(!whole.isCut && whole.bytes.count == 5000)
        let redirect = try await fetcher.page(at: try HTTPURL(base + "/to"), limit: 100)
        #expect(redirect.status == 302 && redirect.location == "/there")
    }
}
