import Base

/// The part of a file that one reading shows.
struct TextPage {
    /// Lines shown, counted from 0.
    let range: Range<Int>
    /// With line numbers and notes.
    let text: String
    /// A sentence where nothing can be shown as it was asked.
    let refusal: String?

    init(_ bytes: [UInt8], offset: Int?, limit: Int?) {
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes[3...]) : bytes
        let lines = body.lineSlices
        let start = max(0, (offset ?? 1) - 1)
        guard !lines.isEmpty else {
            self.init(0..<0, "The file exists and is empty.")
            return
        }
        guard start < lines.count else {
            self.init(
                0..<0, "",
                "The file has \(Text.count(lines.count, "line")); offset \(start + 1) is past its end."
            )
            return
        }
        let end = min(lines.count, start + min(limit ?? ReadTool.lineLimit, ReadTool.lineLimit))
        var out: [UInt8] = []
        var shown = start
        var wasCut = false
        while shown < end {
            let line = lines[shown]
            let number = String(shown + 1)
            let row = String(repeating: " ", count: max(0, 6 - number.count)) + number + "\t"
            if out.count + row.utf8.count + min(line.count, ReadTool.columnLimit * 4)
                > ReadTool.byteLimit, shown > start
            {
                break
            }
            out += row.utf8
            if line.count > ReadTool.columnLimit {
                let text = String(decoding: line, as: UTF8.self)
                out += text.prefix(ReadTool.columnLimit).utf8
                if text.count > ReadTool.columnLimit {
                    out += "… [\(text.count - ReadTool.columnLimit) more characters]".utf8
                    wasCut = true
                }
            } else {
                out += line
            }
            out.append(10)
            shown += 1
        }
        // A range that was asked for in so many words is answered whole or not at all.
        if shown < end, limit != nil, (limit ?? 0) <= ReadTool.lineLimit {
            let refusal =
                "Lines \(start + 1) to \(end) are more than \(ReadTool.byteLimit) bytes. Ask for fewer lines, or search with Grep."
            self.init(start..<start, "", refusal)
            return
        }
        if shown < lines.count, limit == nil || shown < start + (limit ?? 0) {
            out +=
                "\n[PARTIAL: lines \(start + 1) to \(shown) of \(lines.count). Read on with offset \(shown + 1).]\n"
                .utf8
        }
        if wasCut { out += "\n[Long lines were cut.]\n".utf8 }
        self.init(start..<shown, String(decoding: out, as: UTF8.self))
    }

    private init(_ range: Range<Int>, _ text: String, _ refusal: String? = nil) {
        (self.range, self.text, self.refusal) = (range, text, refusal)
    }
}

/// What a file is by its first bytes, of the kinds that models can see.
enum MediaType: String {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case gif = "image/gif"
    case webp = "image/webp"
    case pdf = "application/pdf"

    init?(_ bytes: [UInt8]) {
        func starts(_ prefix: [UInt8], at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: prefix)
        }
        if starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if starts([0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if starts(Array("GIF87a".utf8)) || starts(Array("GIF89a".utf8)) {
            self = .gif
        } else if starts(Array("RIFF".utf8)), starts(Array("WEBP".utf8), at: 8) {
            self = .webp
        } else if starts(Array("%PDF-".utf8)) {
            self = .pdf
        } else {
            return nil
        }
    }

    var isImage: Bool { self != .pdf }
}

/// RFC 4648 base64 with padding.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group = UInt32(bytes[start]) << 16
            if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[start + 2]) }
            for place in 0..<4 {
                out.append(
                    place > count
                        ? UInt8(ascii: "=") : letters[Int(group >> (18 - 6 * UInt32(place))) & 63])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
