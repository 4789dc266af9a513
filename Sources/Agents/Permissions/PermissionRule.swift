import Base

/// One rule as users write it, such as `Bash(git diff *)` or `Edit(src/**)`.
package struct PermissionRule: Hashable, Sendable, CustomStringConvertible {
    /// The rule in its plain spelling.
    package let description: String
    /// The tool's name, possibly with `*` in it.
    package let tool: String
    /// What stands in parentheses; nil for the whole tool.
    package let content: String?

    /// Why a text is no rule.
    package enum Problem: Error, Hashable, Sendable {
        /// Nothing before the parenthesis.
        case missingTool
        /// A parenthesis that is not closed at the end.
        case unbalanced
        /// A `*` in the name of a tool, in a rule that allows.
        case wildcardAllows
        /// `:*` before the end of a command.
        case misplacedColon
    }

    /// Reads a rule; `Task` is an old name of `Agent`, and `(*)` means the whole tool.
    package init(_ text: String) throws(Problem) {
        let text = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard let open = text.firstIndex(of: "(") else {
            guard !text.isEmpty else { throw .missingTool }
            guard !text.contains(")") else { throw .unbalanced }
            self.init(tool: text, content: nil)
            return
        }
        guard text.hasSuffix(")") else { throw .unbalanced }
        let name = text[..<open]
        guard !name.isEmpty else { throw .missingTool }
        let content = String(text[text.index(after: open)...].dropLast())
        if name == "Bash", let colon = content.range(of: ":*"), colon.upperBound < content.endIndex
        {
            throw .misplacedColon
        }
        self.init(
            tool: String(name), content: content.isEmpty || content == "*" ? nil : content)
    }

    private init(tool: String, content: String?) {
        self.tool = tool == "Task" ? "Agent" : tool
        self.content = content
        description = self.tool + (content.map { "(\($0))" } ?? "")
    }

    /// Whether the rule's tool is the one named; `mcp__server` means all tools of that server.
    package func means(_ tool: ToolDefinition) -> Bool {
        if self.tool == tool.name || tool.aliases.contains(self.tool) { return true }
        if tool.name.hasPrefix("mcp__"), tool.name.hasPrefix(self.tool + "__") { return true }
        return self.tool.contains("*") && WildcardText(self.tool).matches(tool.name)
    }

    /// Whether the rule takes the whole tool away when it denies.
    package func removes(_ tool: ToolDefinition) -> Bool { content == nil && means(tool) }
}

extension String {
    /// The first place of a text.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}

/// A text in which `*` stands for anything, spaces and newlines included.
struct WildcardText: Hashable, Sendable {
    private let parts: [[UInt8]]

    init(_ pattern: String) {
        parts = Array(pattern.utf8).split(
            separator: UInt8(ascii: "*"), omittingEmptySubsequences: false
        ).map(Array.init)
    }

    func matches(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard let first = parts.first, rest.starts(with: first) else { return false }
        guard parts.count > 1 else { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let place = TextEdit.places(of: part, in: Array(rest)).first else { return false }
            rest = rest.dropFirst(place + part.count)
        }
        let last = parts[parts.count - 1]
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }
}
