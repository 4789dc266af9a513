package import Base
import YAML

/// Reads one definition: Markdown whose front matter holds the fields.
package struct AgentDefinitionReader {
    /// What was read; nil when something is missing that cannot be.
    package private(set) var definition: AgentDefinition?
    /// Errors and warnings in the order of the file.
    package private(set) var problems: [DefinitionProblem] = []
    private let file: AbsolutePath

    /// Fields that are known, in the order of documentation.
    static let fields = [
        "name", "description", "tools", "disallowedTools", "model", "permissionMode", "maxTurns",
        "skills", "mcpServers", "hooks", "memory", "background", "effort", "isolation", "color",
        "initialPrompt",
    ]

    /// Reads the bytes of a file; the path is for messages and for paths in the definition.
    package init(_ bytes: [UInt8], file: AbsolutePath, source: AgentDefinition.Source) {
        self.file = file
        let matter: FrontMatter
        do throws(FrontMatter.Failure) {
            matter = try FrontMatter(bytes)
        } catch {
            report(error.line, error.kind)
            return
        }
        for entry in matter.entries where !Self.fields.contains(entry.key) {
            let nearest = Self.fields.first { $0.lowercased() == entry.key.lowercased() }
            report(entry.mark.line, .unknownField(entry.key, nearest: nearest))
        }
        let name = text(matter, "name", required: true)
        let description = text(matter, "description", required: true)
        if let name, !Self.isName(name.text) {
            invalid(
                name.line, "name", name.text,
                "letters, digits, - and _, beginning with a letter or digit, at most 63")
        }
        if matter.body.isEmpty { report(1, .emptyPrompt) }
        guard let name, let description else { return }
        var made = AgentDefinition(
            name: name.text, whenToUse: description.text, source: source,
            file: source == .builtIn ? nil : file, prompt: matter.body)
        made.tools = words(matter, "tools")
        made.disallowedTools = words(matter, "disallowedTools") ?? []
        made.skills = words(matter, "skills") ?? []
        made.model = text(matter, "model")?.text
        if made.model == "inherit" { made.model = nil }
        made.initialPrompt = text(matter, "initialPrompt")?.text
        made.color = choice(matter, "color", Self.colors)
        made.effort = choice(matter, "effort", ["low", "medium", "high", "xhigh", "max"])
        made.isolation = choice(matter, "isolation", ["worktree", "none"])
        made.memory = choice(matter, "memory", MemoryScope.allCases.map(\.rawValue))
            .flatMap(MemoryScope.init(rawValue:))
        let modes = PermissionMode.allCases.map(\.rawValue) + ["manual", "auto"]
        made.permissionMode = choice(matter, "permissionMode", modes)
            .flatMap { PermissionMode(named: $0) }
        readOthers(matter, into: &made)
        if !problems.contains(where: { !$0.isWarning }) { definition = made }
    }

    private static let colors = [
        "red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan",
    ]

    private mutating func readOthers(_ matter: FrontMatter, into made: inout AgentDefinition) {
        if let node = node(matter, "maxTurns") {
            if let number = node.scalar?.text, let turns = Int(number), turns > 0 {
                made.maxTurns = turns
            } else {
                invalid(node.mark.line, "maxTurns", Self.shown(node), "a whole number above 0")
            }
        }
        if let node = node(matter, "background") {
            if let value = node.json.boolValue {
                made.background = value
            } else {
                invalid(node.mark.line, "background", Self.shown(node), "true or false")
            }
        }
        if let node = node(matter, "mcpServers") {
            let items =
                node.items
                ?? node.entries.map { entries in
                    entries.map { YAMLNode(mark: $0.mark, value: .mapping([$0])) }
                }
            let isRight = items?.allSatisfy { $0.scalar != nil || $0.entries?.count == 1 } ?? false
            if let items, isRight {
                made.mcpServers = items.map(\.json)
            } else {
                invalid(
                    node.mark.line, "mcpServers", Self.shown(node),
                    "a list of names, or of a name with its configuration")
            }
        }
        if let node = node(matter, "hooks") {
            if node.entries != nil {
                made.hooks = node.json
            } else {
                invalid(node.mark.line, "hooks", Self.shown(node), "a mapping of events")
            }
        }
        let rules = (made.tools ?? []) + made.disallowedTools
        for rule in rules where rule != "*" {
            // Only whether it can be read is asked here.
            if (try? PermissionRule(rule)) == nil {
                let line = node(matter, "tools")?.mark.line ?? 1
                invalid(line, "tools", rule, "names of tools, such as Read or Bash(git *)")
            }
        }
    }

    private func node(_ matter: FrontMatter, _ key: String) -> YAMLNode? {
        let node = matter.entries.first { $0.key == key }?.value
        // `key:` with nothing behind it is a field that was not filled in.
        return node?.scalar?.tag == .null ? nil : node
    }

    private mutating func text(
        _ matter: FrontMatter, _ key: String, required: Bool = false
    ) -> (text: String, line: Int)? {
        guard let node = node(matter, key) else {
            if required { report(1, .missing(field: key)) }
            return nil
        }
        guard let text = node.scalar?.text, !text.isEmpty else {
            invalid(node.mark.line, key, Self.shown(node), "a text")
            return nil
        }
        return (text, node.mark.line)
    }

    private mutating func choice(
        _ matter: FrontMatter, _ key: String, _ words: [String]
    ) -> String? {
        guard let (text, line) = text(matter, key) else { return nil }
        guard words.contains(text) else {
            invalid(line, key, text, "one of \(words.joined(separator: ", "))")
            return nil
        }
        return text
    }

    /// A list, or one text with commas outside parentheses.
    private mutating func words(_ matter: FrontMatter, _ key: String) -> [String]? {
        guard let node = node(matter, key) else { return nil }
        if let text = node.scalar?.text { return Self.split(text) }
        guard let items = node.items, items.allSatisfy({ $0.scalar != nil }) else {
            invalid(node.mark.line, key, Self.shown(node), "a list of texts")
            return nil
        }
        return items.compactMap { $0.scalar?.text }
    }

    static func split(_ text: String) -> [String] {
        var words = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                words.append("")
            } else if character != " " || depth > 0 {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"),
            bytes.first != UInt8(ascii: "_")
        else { return false }
        return bytes.allSatisfy {
            (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2d
                || $0 == 0x5f
        }
    }

    private static func shown(_ node: YAMLNode) -> String {
        Text.truncate(node.scalar?.text ?? node.json.compact, to: 60)
    }

    private mutating func invalid(
        _ line: Int, _ field: String, _ found: String, _ expected: String
    ) {
        report(line, .invalid(field: field, found: found, expected: expected))
    }

    private mutating func report(_ line: Int, _ kind: DefinitionProblem.Kind) {
        problems.append(DefinitionProblem(file: file, line: line, kind: kind))
    }
}
