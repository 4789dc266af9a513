/// The text of a page: headings, lists, links and code as Markdown, the rest left out.
struct HTMLText {
    private let bytes: [UInt8]
    private var at = 0
    private var out: [UInt8] = []
    private var hidden: String?
    private var isVerbatim = false
    private var pendingSpace = false
    private var links: [(target: String, start: Int)] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var text: String {
        var copy = self
        copy.run()
        while copy.out.last == 10 || copy.out.last == 32 { copy.out.removeLast() }
        return String(decoding: copy.out, as: UTF8.self)
    }

    private static let blocks: Set = [
        "p", "div", "section", "article", "main", "ul", "ol", "table", "tr", "blockquote", "dl",
        "dt", "dd", "figure", "form", "fieldset", "header", "footer", "aside", "nav", "hr",
    ]
    private static let invisible: Set = [
        "script", "style", "noscript", "template", "svg", "head", "iframe", "object", "textarea",
    ]

    private mutating func run() {
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "<"), let tag = readTag() {
                apply(tag)
            } else {
                let start = at
                at += 1
                while at < bytes.count, bytes[at] != UInt8(ascii: "<") { at += 1 }
                if hidden == nil { append(HTMLText.decoded(bytes[start..<at])) }
            }
        }
    }

    private struct Tag {
        let name: String
        let isEnd: Bool
        let target: String?
    }

    /// Stands on a `<`; nil when that begins no tag.
    private mutating func readTag() -> Tag? {
        if bytes[at...].starts(with: "<!--".utf8) {
            at += 4
            while at < bytes.count, !bytes[at...].starts(with: "-->".utf8) { at += 1 }
            at = min(at + 3, bytes.count)
            return Tag(name: "", isEnd: false, target: nil)
        }
        var place = at + 1
        let isEnd = place < bytes.count && bytes[place] == UInt8(ascii: "/")
        if isEnd { place += 1 }
        guard place < bytes.count,
            isLetter(bytes[place]) || bytes[place] == UInt8(ascii: "!")
                || bytes[place] == UInt8(ascii: "?")
        else { return nil }
        let start = place
        while place < bytes.count, !" \t\n\r/>".utf8.contains(bytes[place]) { place += 1 }
        let name = String(decoding: bytes[start..<place], as: UTF8.self).lowercased()
        let attributes = place
        var quote: UInt8?
        while place < bytes.count, quote != nil || bytes[place] != UInt8(ascii: ">") {
            if let open = quote {
                if bytes[place] == open { quote = nil }
            } else if bytes[place] == 0x22 || bytes[place] == 0x27 {
                quote = bytes[place]
            }
            place += 1
        }
        at = min(place + 1, bytes.count)
        let target = name == "a" && !isEnd ? HTMLText.target(bytes[attributes..<place]) : nil
        return Tag(name: name, isEnd: isEnd, target: target)
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private static func target(_ attributes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: attributes, as: UTF8.self)
        guard let name = text.lowercased().split(separator: "href", maxSplits: 1).first,
            name.utf8.count + 4 < text.utf8.count
        else { return nil }
        let rest = String(decoding: text.utf8.dropFirst(name.utf8.count + 4), as: UTF8.self)
            .drop { $0 == " " }
        guard rest.hasPrefix("=") else { return nil }
        let value = rest.dropFirst().drop { $0 == " " }
        let raw =
            value.first.map { "\"'".contains($0) } == true
            ? value.dropFirst().prefix { $0 != value.first } : value.prefix { $0 != " " }
        return String(decoding: decoded(ArraySlice(Array(raw.utf8))), as: UTF8.self)
    }

    private mutating func apply(_ tag: Tag) {
        if let name = hidden {
            if tag.isEnd, tag.name == name { hidden = nil }
            return
        }
        if HTMLText.invisible.contains(tag.name) {
            if !tag.isEnd { hidden = tag.name }
            return
        }
        switch tag.name {
        case "br": newline(1)
        case "h1", "h2", "h3", "h4", "h5", "h6":
            newline(2)
            if !tag.isEnd, let level = tag.name.last?.wholeNumberValue {
                put(String(repeating: "#", count: level) + " ")
            }
        case "li":
            newline(1)
            if !tag.isEnd { put("- ") }
        case "td", "th": if tag.isEnd { put(" | ") }
        case "pre":
            newline(tag.isEnd ? 1 : 2)
            put(tag.isEnd ? "```" : "```\n")
            isVerbatim = !tag.isEnd
            if tag.isEnd { newline(2) }
        case "code": if !isVerbatim { put("`") }
        case "a":
            if tag.isEnd {
                closeLink()
            } else {
                links.append((tag.target ?? "", out.count))
            }
        default: if HTMLText.blocks.contains(tag.name) { newline(tag.name == "tr" ? 1 : 2) }
        }
    }

    private mutating func closeLink() {
        guard let link = links.popLast(), out.count > link.start,
            link.target.hasPrefix("http") || link.target.hasPrefix("/")
        else { return }
        out += " (\(link.target))".utf8
    }

    private mutating func put(_ text: String) {
        flushSpace()
        out += text.utf8
    }

    private mutating func flushSpace() {
        if pendingSpace, let last = out.last, last != 10, last != 32 { out.append(32) }
        pendingSpace = false
    }

    private mutating func newline(_ count: Int) {
        pendingSpace = false
        while out.last == 32 { out.removeLast() }
        guard !out.isEmpty else { return }
        var have = out.suffix(2).reversed().prefix { $0 == 10 }.count
        while have < count {
            out.append(10)
            have += 1
        }
    }

    private mutating func append(_ text: [UInt8]) {
        if isVerbatim {
            out += text
            return
        }
        for byte in text {
            if byte == 32 || (9...13).contains(byte) {
                pendingSpace = true
            } else {
                flushSpace()
                out.append(byte)
            }
        }
    }

    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©",
        "mdash": "—", "ndash": "–", "hellip": "…", "rsquo": "’", "lsquo": "‘", "ldquo": "“",
        "rdquo": "”", "bull": "•", "middot": "·", "times": "×", "rarr": "→", "larr": "←",
        "reg": "®", "trade": "™", "eacute": "é", "uuml": "ü", "ouml": "ö", "auml": "ä",
        "szlig": "ß",
    ]

    /// Text with its character references put in.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "&")) else { return Array(bytes) }
        var out: [UInt8] = []
        var at = bytes.startIndex
        while at < bytes.endIndex {
            if bytes[at] == UInt8(ascii: "&"),
                let end = bytes[at..<min(at + 12, bytes.endIndex)].firstIndex(of: UInt8(ascii: ";"))
            {
                let name = String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
                var text = named[name]
                if name.hasPrefix("#") {
                    let digits = name.dropFirst()
                    let value =
                        digits.hasPrefix("x") || digits.hasPrefix("X")
                        ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
                    text = value.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
                }
                if let text {
                    out += text.utf8
                    at = end + 1
                    continue
                }
            }
            out.append(bytes[at])
            at += 1
        }
        return out
    }
}
