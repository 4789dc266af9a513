package import Base

/// Rules and mode of one worker; pure.
///
/// Evaluated deny, then ask, then allow, then mode; the first rule that fits wins, not the most exact.
package struct PermissionPolicy: Sendable {
    /// Hold in every mode.
    package let deny: [PermissionRule]
    /// Hold in every mode, unless a rule denies.
    package let ask: [PermissionRule]
    /// Rules that let a call through without a question.
    package private(set) var allow: [PermissionRule]
    /// For what no rule speaks of.
    package let mode: PermissionMode
    /// Where patterns of paths start.
    package let bases: PathRule.Bases
    /// The folders that edits are accepted in, by their real paths.
    package let folders: [AbsolutePath]
    /// Folders in which reading and writing is free, such as the scratchpad.
    package let freeFolders: [AbsolutePath]
    /// Folders in which reading is free, such as that of what commands printed.
    package let readableFolders: [AbsolutePath]
    /// What the file tools of the worker never touch: the rules that deny, and secrets.
    package let denials: PathDenials
    /// True when commands run in a sandbox of the kernel that keeps them in their folders: they
    /// then need no rule of their own.
    package let commandsAreConfined: Bool

    /// A policy of these rules.
    package init(
        deny: [PermissionRule] = [], ask: [PermissionRule] = [], allow: [PermissionRule] = [],
        mode: PermissionMode = .default, bases: PathRule.Bases, freeFolders: [AbsolutePath] = [],
        readableFolders: [AbsolutePath] = [], commandsAreConfined: Bool = false
    ) {
        self.deny = deny
        self.ask = ask
        // A name with a wildcard may take away, never give.
        self.allow = allow.filter { !$0.tool.contains("*") }
        self.mode = mode
        self.bases = bases
        self.freeFolders = freeFolders
        self.readableFolders = readableFolders
        self.commandsAreConfined = commandsAreConfined
        folders = [bases.tree] + freeFolders
        func paths(_ isMeant: (String) -> Bool) -> [PathRule] {
            deny.filter { isMeant($0.tool) }.compactMap(\.content).map {
                PathRule($0, bases: bases, forbids: true)
            }
        }
        denials = PathDenials(
            reading: paths { $0 == "Read" }, editing: paths(Self.isEdit), bases: bases)
    }

    /// Adds a rule that allows; one with a wildcard in the tool's name is not taken.
    package mutating func add(allowing rule: PermissionRule) {
        if !rule.tool.contains("*") { allow.append(rule) }
    }

    /// The tools that stay when those are taken away that a rule denies as a whole.
    package func permitted(_ catalog: ToolCatalog) -> ToolCatalog {
        ToolCatalog(
            catalog.tools.filter { tool in !deny.contains { $0.removes(tool.definition) } })
    }

    /// What becomes of a call with these accesses: the strictest verdict on any of them.
    package func verdict(
        on accesses: [Access], by tool: ToolDefinition, input: JSON = .object(.init())
    ) -> PermissionVerdict {
        if let rule = deny.first(where: { $0.removes(tool) }) { return .deny("rule \(rule)") }
        if let rule = deny.first(where: { hits($0, tool, input) }) { return .deny("rule \(rule)") }
        var verdict = PermissionVerdict.allow
        for access in accesses { verdict = verdict.and(self.verdict(on: access, by: tool)) }
        if case .deny = verdict { return verdict }
        if let rule = ask.first(where: { $0.removes(tool) || hits($0, tool, input) }) {
            verdict = verdict.and(.ask("rule \(rule)"))
        }
        if case .ask(let reason) = verdict, mode == .dontAsk { return .deny(reason) }
        return verdict
    }

    /// `Tool(parameter:value)`, for rules that deny or ask.
    private func hits(_ rule: PermissionRule, _ tool: ToolDefinition, _ input: JSON) -> Bool {
        guard rule.means(tool), tool.name != "Bash", tool.name != "WebFetch",
            let content = rule.content, let colon = content.firstIndex(of: ":")
        else { return false }
        let value = input[String(content[..<colon])]
        let text = value?.stringValue ?? value?.compact
        let pattern = String(content[content.index(after: colon)...])
        return text.map { WildcardText(pattern).matches($0) } ?? false
    }

    private func verdict(on access: Access, by tool: ToolDefinition) -> PermissionVerdict {
        switch access {
        case .tool: return allows(tool, readOnly: tool.isReadOnly) { _ in false }
        case .read(let path): return verdict(onReading: path, by: tool)
        case .edit(let path): return verdict(onEditing: path, by: tool)
        case .command(let text, let folder):
            return CommandJudge(policy: self, tool: tool, folder: folder).verdict(on: text)
        case .fetch(let host):
            return allows(tool, readOnly: false) { content in
                guard content.hasPrefix("domain:") else { return false }
                return WildcardText(content.dropFirst(7).lowercased()).matches(host.lowercased())
            }
        case .agent(let type): return allows(tool, readOnly: true) { $0 == type }
        case .skill(let name): return allows(tool, readOnly: true) { $0 == name }
        }
    }

    /// The verdict where a rule's content is held against one thing.
    private func allows(
        _ tool: ToolDefinition, readOnly: Bool, _ fits: (String) -> Bool
    ) -> PermissionVerdict {
        func first(_ rules: [PermissionRule]) -> PermissionRule? {
            rules.first { $0.means(tool) && ($0.content.map(fits) ?? true) }
        }
        if let rule = first(deny) { return .deny("rule \(rule)") }
        if let rule = first(ask) { return .ask("rule \(rule)") }
        if first(allow) != nil || readOnly || mode == .bypassPermissions { return .allow }
        if mode == .plan, !tool.isReadOnly { return .deny("plan mode changes nothing") }
        return .ask("no rule allows it")
    }
}
