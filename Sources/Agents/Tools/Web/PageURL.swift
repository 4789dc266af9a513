/// The address of a page that a worker may fetch: HTTPS, a public host, no user name.
package struct PageURL: Hashable, Sendable, CustomStringConvertible {
    /// Lower case; an address of version 6 without its brackets.
    package let host: String
    /// Nil for the usual one.
    package let port: Int?
    /// Path and query, beginning with `/`; never a fragment.
    package let path: String

    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "https://\(name)\(port.map { ":\($0)" } ?? "")\(path)"
    }

    /// Why an address is refused.
    package enum Problem: Error, Hashable, Sendable {
        case malformed
        /// Only `https:`, and `http:` which is read as such.
        case scheme(String)
        /// A user name or password in it.
        case credentials
        /// A host of this machine or a private network, or a number that hides one.
        case privateHost(String)
    }

    /// Reads an absolute address.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != 0x5c }),
            text.utf8.count < 8192, let colon = text.firstIndex(of: ":")
        else { throw .malformed }
        let scheme = text[..<colon].lowercased()
        guard scheme == "https" || scheme == "http" else { throw .scheme(scheme) }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { throw .malformed }
        let body = rest.dropFirst(2)
        let end = body.firstIndex { "/?#".contains($0) } ?? body.endIndex
        let authority = body[..<end]
        guard !authority.contains("@") else { throw .credentials }
        (host, port) = try PageURL.split(authority)
        let tail = body[end...].prefix { $0 != "#" }
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        try PageURL.check(host)
    }

    /// The address that a redirection names, seen from this one.
    package func following(_ location: String) throws(Problem) -> PageURL {
        if location.hasPrefix("//") { return try PageURL("https:" + location) }
        if location.hasPrefix("/") {
            let name = host.contains(":") ? "[\(host)]" : host
            return try PageURL("https://\(name)\(port.map { ":\($0)" } ?? "")\(location)")
        }
        if location.contains("://") { return try PageURL(location) }
        let folder = path.prefix { $0 != "?" }.reversed().drop { $0 != "/" }.reversed()
        let name = host.contains(":") ? "[\(host)]" : host
        return try PageURL(
            "https://\(name)\(port.map { ":\($0)" } ?? "")\(String(folder))\(location)")
    }

    private static func split(_ authority: Substring) throws(Problem) -> (String, Int?) {
        var name = authority
        var port: Int?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .malformed }
            name = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let number = Int(rest.dropFirst()) else {
                    throw .malformed
                }
                port = number
            }
        } else if let colon = authority.firstIndex(of: ":") {
            name = authority[..<colon]
            guard let number = Int(authority[authority.index(after: colon)...]) else {
                throw .malformed
            }
            port = number
        }
        guard !name.isEmpty, port.map({ (1...65535).contains($0) }) ?? true else {
            throw .malformed
        }
        return (name.lowercased(), port == 443 ? nil : port)
    }

    private static func check(_ host: String) throws(Problem) {
        if let address = NetworkAddress(host) {
            guard address.isPublic else { throw .privateHost(host) }
            return
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: true)
        guard let last = labels.last, !host.contains(":"),
            host.utf8.allSatisfy({
                $0 >= 0x80 || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f
                    || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0)
            })
        else { throw .malformed }
        // `2130706433`, `127.1` and `0x7f.1` are addresses to the system.
        if last.allSatisfy(\.isNumber) || last.hasPrefix("0x") { throw .privateHost(host) }
        let local: Set<Substring> = [
            "localhost", "local", "internal", "localdomain", "home", "lan", "intranet", "corp",
        ]
        if labels.count == 1 || local.contains(last) { throw .privateHost(host) }
    }
}
