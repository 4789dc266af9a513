import Base
import TestSupport
import Testing

@testable import Agents

struct WebTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::",
        "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "::127.0.0.1",
    ])
    func `addresses that are not public are known`(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic == false)
    }

    @Test(arguments: [
        "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ])
    func `public addresses are public`(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: [
        "1.2.3", "01.2.3.4", "256.1.1.1", "::1::", "12345::", "1:2:3", "x", "1.2.3.4.5",
    ])
    func `what is no address is none`(_ text: String) { #expect(NetworkAddress(text) == nil) }

    @Test(arguments: [
        "http://127.0.0.1/", "https://localhost", "https://foo.localhost/", "https://2130706433/",
        "https://127.1/", "https://0x7f.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]:8443/x",
        "https://printer.local", "https://intranet/", "https://a.internal/",
        "https://169.254.169.254/latest/meta-data", "https://user@example.com/",
        "https://example.com\\@evil/", "file:///etc/passwd", "ftp://example.com", "example.com",
        "https://", "https:/x", "https://exa mple.com", "https://example.com:0/",
    ])
    func `addresses of this machine and of private networks are refused`(_ text: String) {
        #expect(throws: PageURL.Problem.self) { _ = try PageURL(text) }
    }

    @Test func `an address is read and spelled again`() throws {
        let url = try PageURL("http://Example.com:443/a?b=c#d")
        #expect(url.description == "https://example.com/a?b=c")
        #expect(try url.following("../x").description == "https://example.com/../x")
        #expect(try url.following("/y").description == "https://example.com/y")
        #expect(try url.following("//other.org/z").host == "other.org")
        #expect(throws: PageURL.Problem.self) { _ = try url.following("https://10.0.0.1/") }
    }

    @Test func `a page's text is what a reader sees`() {
        let page = """
            <html><head><title>T</title><style>x{}</style></head><body><script>evil()</script>
            <h2>Head &amp; tail</h2><p>One <b>two</b>
            three &lt;four&gt; &#8364;<br>five<ul><li>a<li><a href="https://x.org/?a=1&amp;b=2">link</a></ul>
            <pre>  code
              more</pre><!-- <p>no --> 1 < 2</body></html>
            """
        #expect(
            HTMLText(Array(page.utf8)).text == """
                ## Head & tail

                One two three <four> €
                five

                - a
                - link (https://x.org/?a=1&b=2)

                ```
                  code
                  more
                ```

                1 < 2
                """)
    }

    private struct Pages: PageFetcher {
        let pages: [String: Page]
        func fetch(_ url: PageURL, limit: Int) async throws(PageFailure) -> Page {
            guard let page = pages[url.description] else {
                throw PageFailure("there is no such host")
            }
            return page
        }
    }

    private func page(_ text: String) -> Page {
        Page(status: 200, mediaType: "text/plain", bytes: Array(text.utf8))
    }

    @Test func `redirections are followed on the host, and told where they leave it`() async throws
    {
        func to(_ place: String) -> Page {
            Page(status: 302, mediaType: "", bytes: [], location: place)
        }
        let bench = try ToolBench(
            fetcher: Pages(pages: [
                "https://a.org/": to("/b"), "https://a.org/b": page("there"),
                "https://a.org/away": to("https://b.org/x"),
                "https://a.org/in": to("http://10.0.0.1/"),
                "https://a.org/round": to("/round"),
            ]))
        func fetch(_ url: String) async -> ToolOutput {
            await bench.call("WebFetch", [("url", .string(url)), ("prompt", "x")])
        }
        #expect(await fetch("https://a.org").text == "https://a.org/b\n\nthere")
        #expect(await fetch("https://a.org/away").text.contains("another host: https://b.org/x"))
        #expect(await fetch("https://a.org/in").isError)
        #expect(await fetch("https://a.org/round").text.contains("leads on and on"))
        #expect(await fetch("https://c.org/").text.contains("there is no such host"))
        #expect(await fetch("http://localhost:8080/").isError)
    }

    @Test func `without a fetcher there are no pages`() async throws {
        let bench = try ToolBench()
        let result = await bench.call("WebFetch", [("url", "https://a.org/")])
        #expect(result.isError && result.text.contains("turned off"))
    }
}
