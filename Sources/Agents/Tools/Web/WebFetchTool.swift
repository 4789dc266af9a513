import Base

/// Fetches pages for workers; the caller gives one that speaks HTTP.
package protocol PageFetcher: Sendable {
    /// Fetches one address with GET, no cookies or credentials, and follows no redirection.
    ///
    /// Must connect only to addresses that are ``NetworkAddress/isPublic``, checked when connecting:
    /// a name may lead anywhere.
    func fetch(_ url: PageURL, limit: Int) async throws(PageFailure) -> Page
}

/// A page as it came.
package struct Page: Hashable, Sendable {
    /// The status of HTTP.
    package let status: Int
    /// Lower case, without parameters, such as `text/html`.
    package let mediaType: String
    /// At most as many as were asked for.
    package let bytes: [UInt8]
    /// True when the page is longer.
    package let isCut: Bool
    /// The target of a redirection.
    package let location: String?

    /// An answer of these parts.
    package init(
        status: Int, mediaType: String, bytes: [UInt8], isCut: Bool = false,
        location: String? = nil
    ) {
        self.status = status
        self.mediaType = mediaType
        self.bytes = bytes
        self.isCut = isCut
        self.location = location
    }
}

/// Why a page did not come: half a sentence for the model.
package struct PageFailure: Error, Hashable, Sendable {
    /// Such as `the certificate has expired`.
    package let reason: String

    /// A failure for this reason.
    package init(_ reason: String) { self.reason = reason }
}

/// Fetches a page and returns its text.
struct WebFetchTool: Tool {
    /// 4 MiB of a page, and about 25,000 tokens of its text.
    static let byteLimit = 4 << 20
    static let textLimit = 100_000

    var definition: ToolDefinition {
        ToolDefinition(
            name: "WebFetch",
            description: ToolTexts.webFetch,
            inputSchema: InputSchema.object([
                ("url", InputSchema.text("The address, with https://")),
                ("prompt?", InputSchema.text("What is looked for on the page")),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.fetch(host: try WebFetchTool.url(input.text("url")).host)]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        guard let fetcher = context.fetcher else {
            return .error("Fetching pages is turned off for this worker.")
        }
        do throws(ToolRefusal) {
            var url = try WebFetchTool.url(input.text("url"))
            for _ in 0..<6 {
                let page: Page
                do throws(PageFailure) {
                    page = try await fetcher.fetch(url, limit: WebFetchTool.byteLimit)
                } catch {
                    throw ToolRefusal("\(url) could not be fetched: \(error.reason).")
                }
                guard (300..<400).contains(page.status), let location = page.location else {
                    return WebFetchTool.result(of: page, at: url)
                }
                let next: PageURL
                do throws(PageURL.Problem) {
                    next = try url.following(location)
                } catch {
                    throw ToolRefusal("\(url) leads to an address that is refused.")
                }
                // Another host needs its own permission.
                guard next.host == url.host else {
                    return ToolOutput("\(url) leads to another host: \(next). Fetch that instead.")
                }
                url = next
            }
            throw ToolRefusal("\(url) leads on and on.")
        } catch {
            return .error(error.message)
        }
    }

    private static func result(of page: Page, at url: PageURL) -> ToolOutput {
        var text: String
        if page.mediaType == "text/html" || page.mediaType == "application/xhtml+xml" {
            text = HTMLText(page.bytes).text
        } else if page.mediaType.hasPrefix("text/") || page.mediaType.hasSuffix("json")
            || page.mediaType.hasSuffix("xml") || page.mediaType.isEmpty
        {
            text = String(decoding: page.bytes, as: UTF8.self)
        } else {
            return .error("\(url) is \(page.mediaType), not a text.")
        }
        var notes: [String] = []
        if text.utf8.count > textLimit {
            text = String(decoding: Array(text.utf8).prefix(textLimit), as: UTF8.self)
            notes.append("cut")
        } else if page.isCut {
            notes.append("cut")
        }
        let isError = !(200..<300).contains(page.status)
        let head = isError ? "\(url) answered with status \(page.status).\n" : "\(url)\n"
        let tail = notes.isEmpty ? "" : "\n[The page is longer.]"
        return ToolOutput(head + "\n" + text + tail, isError: isError)
    }

    private static func url(_ text: String) throws(ToolRefusal) -> PageURL {
        do throws(PageURL.Problem) {
            return try PageURL(text)
        } catch {
            switch error {
            case .malformed: throw ToolRefusal("\(text) is no address of a page.")
            case .scheme(let scheme): throw ToolRefusal("\(scheme): is not fetched; only https:.")
            case .credentials: throw ToolRefusal("An address with a user name is not fetched.")
            case .privateHost(let host):
                throw ToolRefusal("\(host) belongs to this machine or a private network.")
            }
        }
    }
}
