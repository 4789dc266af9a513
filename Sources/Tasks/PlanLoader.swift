import Base
import YAML

/// How a plan is written.
package enum PlanFormat: Sendable {
    case yaml, json, markdown

    /// By the file name's ending, else by how the text begins: `{` is JSON; a front matter between
    /// two lines `---` with a section `## …` after it is Markdown; anything else is YAML.
    package init(name: String, text: some Collection<UInt8>) {
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).last
        switch ending.map({ $0.lowercased() }) {
        case "yaml", "yml": self = .yaml
        case "json": self = .json
        case "md", "markdown": self = .markdown
        default:
            let lines = String(decoding: text, as: UTF8.self)
                .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let rest = lines.drop { $0.allSatisfy(\.isWhitespace) }
            let end = rest.dropFirst().firstIndex(of: "---")
            if rest.first?.first(where: { !$0.isWhitespace }) == "{" {
                self = .json
            } else if rest.first == "---", let end,
                lines[end...].contains(where: { $0.hasPrefix("## ") })
            {
                self = .markdown
            } else {
                self = .yaml
            }
        }
    }
}

/// Reads plans.
package enum PlanLoader {
    /// Reads and checks a plan, reporting everything that is wrong with it at once.
    ///
    /// A text that is not YAML has one problem, since nothing after it can be trusted. `name` is the
    /// file's name for problems and for its format. `readFile` is asked for each `prompt_file`, by
    /// the name in the plan; nil is a file that cannot be read. A plan whose tasks come from
    /// elsewhere is read without `requiringTasks`.
    package static func load(
        text: some Collection<UInt8>, name: String, format: PlanFormat? = nil,
        requiringTasks: Bool = true, readFile: @escaping (String) -> [UInt8]?
    ) -> Result<Plan, PlanErrors> {
        tree(text: Array(text), name: name, format: format).flatMap { node in
            PlanDecoder.decode(
                node.json, index: PlanIndex(node, file: name), requiringTasks: requiringTasks,
                readFile: readFile)
        }
    }

    private static func tree(
        text: [UInt8], name: String, format: PlanFormat?
    ) -> Result<YAMLNode, PlanErrors> {
        let format = format ?? PlanFormat(name: name, text: text)
        if format == .markdown { return MarkdownPlan.parse(text, file: name) }
        let text = format == .json ? JSONEscapes.joiningSurrogates(in: text) : text
        do throws(YAMLError) {
            return .success(try YAMLNode(parsing: text))
        } catch {
            return .failure(PlanErrors([PlanProblem(error, file: name)]))
        }
    }
}

extension PlanProblem {
    init(_ error: YAMLError, file: String) {
        let (found, expected) = PlanProblem.words(for: error.reason)
        let kind: Kind =
            switch error.reason {
            case .duplicateKey(let key, _): .duplicate(first: key)
            default: .syntax
            }
        self.init(
            kind: kind, file: file, mark: error.mark, path: "", found: found, expected: expected)
    }

    private static func words(for reason: YAMLError.Reason) -> (found: String, expected: String) {
        switch reason {
        case .syntax(let words, let since):
            let place = since.map { " in what began at line \($0.line)" } ?? ""
            return (words + place, "YAML")
        case .invalidUTF8(let byte): return ("byte 0x\([byte].hexadecimal)", "UTF-8")
        case .duplicateKey(let key, let first):
            return (PlanReader.quote(key), "each key once (first at line \(first.line))")
        case .keyNotString(let key): return (Text.visible(key), "a text as key")
        case .secondDocument: return ("a second document", "one document")
        case .unknownAlias(let name): return ("*\(name)", "an alias of an anchor before it")
        case .unknownTag(let tag): return ("the tag \(Text.visible(tag))", "no tag")
        case .invalidValue(let text, let tag):
            return (PlanReader.quote(text), "a value for !!\(tag)")
        case .tooManyNodes(let limit): return ("aliases that multiply", "at most \(limit) values")
        case .tooDeep(let limit): return ("deeper nesting", "at most \(limit) levels")
        case .outOfMemory: return ("no memory", "memory")
        }
    }
}

/// What JSON writes and YAML does not read.
enum JSONEscapes {
    /// Writes a character that JSON escapes as two halves as YAML's one escape, and a lone half as
    /// U+FFFD. Lines stay; columns after such a character are two too small.
    static func joiningSurrogates(in text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var at = 0
        while at < text.count {
            guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
                out.append(text[at])
                at += 1
                continue
            }
            guard let high = escape(text, at), (0xd800..<0xe000).contains(high) else {
                out += text[at..<at + 2]
                at += 2
                continue
            }
            at += 6
            guard high < 0xdc00, let low = escape(text, at), (0xdc00..<0xe000).contains(low) else {
                out += "\\uFFFD".utf8
                continue
            }
            at += 6
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            let digits = String(code, radix: 16)
            out += ("\\U" + String(repeating: "0", count: 8 - digits.count) + digits).utf8
        }
        return out
    }

    /// The number of a `\uXXXX`.
    private static func escape(_ text: [UInt8], _ at: Int) -> UInt32? {
        guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"),
            text[at + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt32(String(decoding: text[at + 2..<at + 6], as: UTF8.self), radix: 16)
    }
}
