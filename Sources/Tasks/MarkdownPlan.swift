import YAML

/// A plan as Markdown: one section per task, whose text is the assignment.
///
///     ---
///     version: 1
///     checks: [{name: test, run: make test}]
///     ---
///     # The goal, unless the front matter has one
///
///     ## retry: A title, if wanted
///
///     ```yaml
///     touches: ["src/net/**"]
///     ```
///
///     What the worker is told, up to the next `## `.
///
/// The front matter holds everything but `tasks`. A fenced block marked `yaml` or `yml` that comes
/// first in a section holds the task's other keys, such as `after`; with `command` or
/// `prompt_file` in it the section has no text. Text before the first section is for people.
/// Headings inside fenced blocks are text.
enum MarkdownPlan {
    /// The same tree that a YAML plan has, with places in the Markdown.
    static func parse(_ text: [UInt8], file: String) -> Result<YAMLNode, PlanErrors> {
        var parser = MarkdownParser(file: file)
        let node = parser.document(text)
        if let node, parser.problems.isEmpty { return .success(node) }
        return .failure(PlanErrors(parser.problems))
    }
}

private struct MarkdownParser {
    let file: String
    var problems: [PlanProblem] = []
    private var lines: [Substring] = []

    init(file: String) { self.file = file }

    mutating func document(_ bytes: [UInt8]) -> YAMLNode? {
        guard let text = text(bytes) else { return nil }
        // A line feed after a carriage return is one character to Swift.
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        guard lines.first == "---" else {
            report(
                line: 0, .syntax, found: quoteLine(0), expected: "front matter between lines ---")
            return nil
        }
        guard let end = lines.indices.dropFirst().first(where: { lines[$0] == "---" }) else {
            report(
                line: 0, .syntax, found: "front matter without end", expected: "a second line ---")
            return nil
        }
        var entries = mapping(1..<end) ?? []
        if let tasks = entries.first(where: { $0.key == "tasks" }) {
            report(
                tasks.mark, .conflictingKeys(["tasks", "##"]), found: "\"tasks\"",
                expected: "one section per task: ## id")
        }
        let headings = self.headings(end + 1..<lines.count)
        addGoal(end + 1..<(headings.first ?? lines.count), to: &entries)
        var tasks: [YAMLNode] = []
        for (number, start) in headings.enumerated() {
            let end = number + 1 < headings.count ? headings[number + 1] : lines.count
            tasks.append(section(heading: start, body: start + 1..<end))
        }
        let mark = mark(line: headings.first ?? end)
        entries.append(
            YAMLEntry(
                key: "tasks", mark: mark, value: YAMLNode(mark: mark, value: .sequence(tasks))))
        return YAMLNode(mark: self.mark(line: 0), value: .mapping(entries))
    }

    /// The text, checked by the same reader as YAML.
    private mutating func text(_ bytes: [UInt8]) -> String? {
        let bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        do throws(YAMLError) {
            _ = try YAMLNode(parsing: bytes)
        } catch {
            problems.append(PlanProblem(error, file: file))
        }
        return nil
    }

    /// Lines of a range that begin a section; those inside fenced blocks do not.
    private func headings(_ range: Range<Int>) -> [Int] {
        var headings: [Int] = []
        var fence: Fence?
        for line in range {
            if let open = fence {
                if open.isClosed(by: lines[line]) { fence = nil }
            } else if let open = Fence(lines[line]) {
                fence = open
            } else if lines[line].hasPrefix("## ") || lines[line] == "##" {
                headings.append(line)
            }
        }
        return headings
    }

    private func addGoal(_ range: Range<Int>, to entries: inout [YAMLEntry]) {
        guard !entries.contains(where: { $0.key == "goal" }),
            let line = range.first(where: { lines[$0].hasPrefix("# ") })
        else { return }
        let text = trimmed(lines[line].dropFirst(2))
        if !text.isEmpty { entries.append(entry("goal", text, at: mark(line: line, column: 3))) }
    }

    private mutating func section(heading: Int, body: Range<Int>) -> YAMLNode {
        let title = lines[heading].dropFirst(2)
        let start = title.prefix { $0.isWhitespace }.unicodeScalars.count + 3
        let mark = mark(line: heading, column: start)
        let parts = title.split(separator: ":", maxSplits: 1).map { trimmed($0) }
        var entries = [entry("id", parts.first ?? "", at: mark)]
        if parts.count > 1, !parts[1].isEmpty { entries.append(entry("title", parts[1], at: mark)) }
        let (block, prompt) = split(body)
        for other in block.flatMap({ mapping($0) }) ?? [] {
            if entries.contains(where: { $0.key == other.key }) {
                report(
                    other.mark, .duplicate(first: other.key), found: "\"\(other.key)\"",
                    expected: "the heading's, once")
            } else {
                entries.append(other)
            }
        }
        addPrompt(prompt, to: &entries)
        return YAMLNode(mark: mark, value: .mapping(entries))
    }

    private mutating func addPrompt(_ range: Range<Int>, to entries: inout [YAMLEntry]) {
        guard let first = range.first(where: { !isBlank($0) }),
            let last = range.last(where: { !isBlank($0) })
        else { return }
        if let prompt = entries.first(where: { $0.key == "prompt" }) {
            report(
                prompt.mark, .duplicate(first: "prompt"), found: "\"prompt\"",
                expected: "either the section's text or a key")
        } else {
            let text = lines[first...last].joined(separator: "\n")
            entries.append(entry("prompt", text, at: mark(line: first)))
        }
    }

    /// The lines inside the YAML block that comes first, if one does, and those after it.
    private mutating func split(_ body: Range<Int>) -> (block: Range<Int>?, prompt: Range<Int>) {
        guard let start = body.first(where: { !isBlank($0) }),
            let fence = Fence(lines[start]), ["yaml", "yml"].contains(fence.language)
        else { return (nil, body) }
        let inside = start + 1..<body.upperBound
        guard let end = inside.first(where: { fence.isClosed(by: lines[$0]) }) else {
            report(line: start, .syntax, found: "a block without end", expected: "a closing fence")
            return (nil, body.upperBound..<body.upperBound)
        }
        return (start + 1..<end, end + 1..<body.upperBound)
    }

    /// The entries of a mapping that some lines hold; nil when they hold none.
    private mutating func mapping(_ range: Range<Int>) -> [YAMLEntry]? {
        let text = lines[range].joined(separator: "\n") + "\n"
        do throws(YAMLError) {
            let node = try YAMLNode(parsing: text, firstLine: range.lowerBound + 1)
            if let entries = node.entries { return entries }
            if node.scalar?.tag == .null { return nil }
            report(node.mark, .wrongType, found: "no mapping", expected: "a mapping")
        } catch {
            problems.append(PlanProblem(error, file: file))
        }
        return nil
    }

    private func entry(_ key: String, _ text: String, at mark: YAMLMark) -> YAMLEntry {
        let scalar = YAMLScalar(text: text, tag: .string)
        return YAMLEntry(key: key, mark: mark, value: YAMLNode(mark: mark, value: .scalar(scalar)))
    }

    private func mark(line: Int, column: Int = 1) -> YAMLMark {
        YAMLMark(line: line + 1, column: column)
    }

    private func isBlank(_ line: Int) -> Bool { lines[line].allSatisfy(\.isWhitespace) }

    private func quoteLine(_ line: Int) -> String { PlanReader.quote(String(lines[line])) }

    private mutating func report(
        line: Int, _ kind: PlanProblem.Kind, found: String, expected: String
    ) {
        report(mark(line: line), kind, found: found, expected: expected)
    }

    private mutating func report(
        _ mark: YAMLMark, _ kind: PlanProblem.Kind, found: String, expected: String
    ) {
        problems.append(
            PlanProblem(
                kind: kind, file: file, mark: mark, path: "", found: found, expected: expected))
    }

    private func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}

/// The line that opens a fenced block (CommonMark, "Fenced code blocks").
private struct Fence {
    private let character: Character
    private let length: Int
    /// First word of the info string, in lower case.
    let language: String

    init?(_ line: Substring) {
        let rest = line.drop { $0 == " " }
        guard line.count - rest.count < 4, let character = rest.first, "`~".contains(character)
        else { return nil }
        let length = rest.prefix { $0 == character }.count
        let info = rest.dropFirst(length)
        guard length >= 3, character == "~" || !info.contains("`") else { return nil }
        self.character = character
        self.length = length
        language = info.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() } ?? ""
    }

    func isClosed(by line: Substring) -> Bool {
        let rest = line.drop { $0 == " " }
        let length = rest.prefix { $0 == character }.count
        return line.count - rest.count < 4 && length >= self.length
            && rest.dropFirst(length).allSatisfy(\.isWhitespace)
    }
}
