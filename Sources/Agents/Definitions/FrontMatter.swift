import Base
import YAML

/// A Markdown text with YAML between lines `---` at its start.
struct FrontMatter {
    let entries: [YAMLEntry]
    /// All behind the second line, without space at both ends.
    let body: String

    /// Where and why there is none.
    struct Failure: Error {
        let line: Int
        let kind: DefinitionProblem.Kind
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        let bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes[3...]) : bytes
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = Array(bytes).lineSlices
            let line = valid.firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw Failure(line: (line ?? 0) + 1, kind: .notUTF8)
        }
        // A line feed after a carriage return is one character to Swift.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        guard let first = lines.first, FrontMatter.isFence(first) else {
            throw Failure(line: 1, kind: .noFrontMatter)
        }
        guard let end = lines.indices.dropFirst().first(where: { FrontMatter.isFence(lines[$0]) })
        else { throw Failure(line: 1, kind: .openFrontMatter) }
        let head = lines[1..<end].joined(separator: "\n") + "\n"
        let node: YAMLNode
        do throws(YAMLError) {
            node = try YAMLNode(parsing: head, firstLine: 2)
        } catch {
            throw Failure(line: error.line, kind: .yaml(error.reason))
        }
        guard let entries = node.entries else { throw Failure(line: 2, kind: .notMapping) }
        self.entries = entries
        let rest = lines[(end + 1)...].joined(separator: "\n")
        body = String(
            rest.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    private static func isFence(_ line: Substring) -> Bool {
        line.hasPrefix("---") && line.dropFirst(3).allSatisfy { $0 == " " || $0 == "\t" }
    }
}
