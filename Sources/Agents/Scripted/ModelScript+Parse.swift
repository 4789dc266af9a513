import Base
import YAML

extension ModelScript {
    /// A script that cannot be read.
    package struct Problem: Error, Hashable, Sendable {
        /// 1-based.
        package let line: Int
        /// What stands there, or what should, in words for a sentence.
        package let words: String
    }

    /// Reads YAML or JSON: `{models?, conversations: {NAME: STEPS}}`, or the conversations alone.
    /// STEPS is a list of steps, or `{when?, rules?, steps}`.
    package init(parsing bytes: some Collection<UInt8>) throws(Problem) {
        let node: YAMLNode
        do throws(YAMLError) { node = try YAMLNode(parsing: bytes) } catch {
            throw Problem(line: error.line, words: "this is no YAML: \(error.reason)")
        }
        guard node.entries != nil else { throw Problem(node, "a mapping is expected") }
        var conversations = node
        if let inner = node["conversations"] {
            try node.allow("version", "models", "conversations")
            conversations = inner
            if let names = node["models"] { models = try names.texts() }
        }
        guard let entries = conversations.entries, !entries.isEmpty else {
            throw Problem(conversations, "conversations are expected")
        }
        for entry in entries {
            self.conversations.append(try Conversation(entry.key, entry.value))
        }
    }
}

extension ModelScript.Conversation {
    fileprivate init(_ name: String, _ node: YAMLNode) throws(ModelScript.Problem) {
        self.name = name
        if node.items != nil {
            steps = try node.list { node throws(ModelScript.Problem) in
                try ModelScript.Step(node)
            }
            return
        }
        try node.allow("when", "rules", "steps")
        when = try node["when"].map { node throws(ModelScript.Problem) in
            try ModelScript.Condition(node)
        }
        let step = { (node: YAMLNode) throws(ModelScript.Problem) in try ModelScript.Step(node) }
        rules = try node["rules"]?.list(step) ?? []
        steps = try node["steps"]?.list(step) ?? []
        for (rule, item) in zip(rules, node["rules"]?.items ?? []) where rule.when == nil {
            throw ModelScript.Problem(item, "a rule needs 'when'")
        }
        if rules.isEmpty, steps.isEmpty {
            throw ModelScript.Problem(node, "'steps' are expected")
        }
    }
}

extension ModelScript.Condition {
    fileprivate init(_ node: YAMLNode) throws(ModelScript.Problem) {
        try node.allow("prompt", "system", "last", "result", "tool", "model")
        prompt = try node["prompt"]?.texts().map { ScriptPattern($0) } ?? []
        system = try node["system"]?.texts().map { ScriptPattern($0) } ?? []
        last = try node["last"]?.texts().map { ScriptPattern($0) } ?? []
        result = try node["result"]?.texts().map { ScriptPattern($0) } ?? []
        tools = try node["tool"]?.texts() ?? []
        models = try node["model"]?.texts() ?? []
    }
}

extension ModelScript.Step {
    fileprivate init(_ node: YAMLNode) throws(ModelScript.Problem) {
        try node.allow(
            "when", "text", "thinking", "tool", "input", "arguments", "namespace", "id", "tools",
            "stop", "usage", "fail", "pieces", "delay_ms", "repeat")
        when = try node["when"].map { node throws(ModelScript.Problem) in
            try ModelScript.Condition(node)
        }
        text = try node["text"]?.text()
        thinking = try node["thinking"]?.text()
        stop = try node["stop"]?.text()
        if node["tool"] != nil { calls = [try ModelScript.Call(node, "tool")] }
        calls +=
            try node["tools"]?.list { node throws(ModelScript.Problem) in
                try node.allow("name", "input", "arguments", "namespace", "id")
                return try ModelScript.Call(node, "name")
            } ?? []
        if let fields = node["usage"] {
            try fields.allow("input", "output", "cache_read", "cache_write", "thinking")
            var usage = ModelUsage()
            usage.input = try fields["input"]?.whole() ?? 0
            usage.output = try fields["output"]?.whole() ?? 0
            usage.cacheRead = try fields["cache_read"]?.whole() ?? 0
            usage.cacheWrite = try fields["cache_write"]?.whole() ?? 0
            usage.thinking = try fields["thinking"]?.whole() ?? 0
            self.usage = usage
        }
        if let fail = node["fail"] {
            let fault = { (node: YAMLNode) throws(ModelScript.Problem) in
                try ModelScript.Fault(node)
            }
            faults = fail.items == nil ? [try fault(fail)] : try fail.list(fault)
        }
        if let size = node["pieces"] { pieceSize = max(1, try size.whole()) }
        if let delay = node["delay_ms"] { self.delay = .milliseconds(try delay.whole()) }
        isRepeated = node["repeat"]?.json.boolValue ?? false
    }
}

extension ModelScript.Call {
    fileprivate init(_ node: YAMLNode, _ nameKey: String) throws(ModelScript.Problem) {
        guard let name = node[nameKey] else {
            throw ModelScript.Problem(node, "'\(nameKey)' is expected")
        }
        self.name = try name.text()
        arguments = try node["arguments"]?.text() ?? node["input"]?.json.compact ?? "{}"
        id = try node["id"]?.text()
        namespace = try node["namespace"]?.text()
    }
}

extension ModelScript.Fault {
    fileprivate init(_ node: YAMLNode) throws(ModelScript.Problem) {
        guard node.entries != nil else {
            kind = try ModelScript.Fault.kind(node)
            return
        }
        try node.allow("status", "kind", "type", "times", "retry_after", "headers")
        if let status = node["status"] {
            kind = .status(try status.whole())
        } else if let word = node["kind"] {
            kind = try ModelScript.Fault.kind(word)
        } else {
            throw ModelScript.Problem(node, "'status' or 'kind' is expected")
        }
        if let type = node["type"] { kind = .error(try type.text()) }
        if let times = node["times"] {
            self.times = times.scalar?.text == "always" ? nil : try times.whole()
        }
        for entry in node["headers"]?.entries ?? [] {
            headers[entry.key] = try entry.value.text()
        }
        if let wait = node["retry_after"] { headers["retry-after"] = try wait.text() }
    }

    private static func kind(_ node: YAMLNode) throws(ModelScript.Problem) -> Kind {
        if let status = node.json.intValue, (400...599).contains(status) { return .status(status) }
        switch node.scalar?.text {
        case "reset": return .reset
        case "cut": return .cut
        case "stall": return .stall
        case "silence": return .silence
        case "malformed": return .malformed
        case "context": return .context
        case "error": return .error("overloaded_error")
        default:
            throw ModelScript.Problem(
                node,
                "a status, reset, cut, stall, silence, malformed, context or error is expected")
        }
    }
}

extension ModelScript.Problem {
    fileprivate init(_ node: YAMLNode, _ words: String) {
        self.init(line: node.mark.line, words: words)
    }
}

extension YAMLNode {
    fileprivate func allow(_ keys: String...) throws(ModelScript.Problem) {
        guard let entries else { throw ModelScript.Problem(self, "a mapping is expected") }
        for entry in entries where !keys.contains(entry.key) {
            throw ModelScript.Problem(
                line: entry.mark.line,
                words: "'\(entry.key)' is unknown; known are \(keys.joined(separator: ", "))")
        }
    }

    fileprivate func text() throws(ModelScript.Problem) -> String {
        guard let scalar else { throw ModelScript.Problem(self, "a text is expected") }
        return scalar.text
    }

    fileprivate func texts() throws(ModelScript.Problem) -> [String] {
        guard items != nil else { return [try text()] }
        return try list { node throws(ModelScript.Problem) in try node.text() }
    }

    fileprivate func whole() throws(ModelScript.Problem) -> Int {
        guard let number = json.intValue, number >= 0 else {
            throw ModelScript.Problem(self, "a whole number is expected")
        }
        return number
    }

    fileprivate func list<Item>(
        _ read: (YAMLNode) throws(ModelScript.Problem) -> Item
    ) throws(ModelScript.Problem) -> [Item] {
        guard let items else { throw ModelScript.Problem(self, "a list is expected") }
        var result: [Item] = []
        for item in items { result.append(try read(item)) }
        return result
    }
}
