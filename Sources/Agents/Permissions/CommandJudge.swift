import Base

/// Holds one text for the shell against the rules; every part of it must be allowed.
struct CommandJudge {
    let policy: PermissionPolicy
    let tool: ToolDefinition
    let folder: AbsolutePath

    func verdict(on text: String) -> PermissionVerdict {
        let script = ShellScript(text)
        if let rule = rule(policy.deny, hits: script, whole: text) { return .deny("rule \(rule)") }
        for part in script.parts {
            if let path = deniedPath(in: part) { return .deny("it names \(path)") }
        }
        if let rule = rule(policy.ask, hits: script, whole: text) { return .ask("rule \(rule)") }
        if let critical = script.parts.first(where: isCriticalRemoval) {
            return .ask("`\(critical.text)` removes too much")
        }
        if policy.mode == .bypassPermissions { return .allow }
        let isReadOnly = script.isClear && script.parts.allSatisfy { readOnlyReason($0) == nil }
        if policy.mode == .plan {
            return isReadOnly ? .allow : .deny("plan mode changes nothing")
        }
        if policy.commandsAreConfined { return .allow }
        if allowsEverything || isExact(text) { return .allow }
        guard script.isClear else { return .ask("it cannot be taken apart safely") }
        guard !script.parts.isEmpty else { return .ask("it is empty") }
        if script.parts.contains(where: { $0.name == "cd" }),
            script.parts.contains(where: { $0.name == "git" || $0.redirects.contains { $0.writes } }
            )
        {
            return .ask("it changes the folder first")
        }
        for part in script.parts {
            if let reason = question(about: part) { return .ask(reason) }
        }
        return .allow
    }

    private var rules: [PermissionRule] { policy.allow.filter { $0.means(tool) } }
    private var allowsEverything: Bool { rules.contains { $0.content == nil } }

    private func isExact(_ text: String) -> Bool {
        rules.contains { $0.content == text && !text.contains("*") }
    }

    /// Nil when the part is allowed.
    private func question(about part: ShellPart) -> String? {
        for redirect in part.redirects {
            if let reason = question(about: redirect) { return reason }
        }
        if let variable = part.assignments.first(where: { !SafeVariables.contains($0.name) }) {
            return "it sets \(variable.name)"
        }
        if part.words.isEmpty { return nil }
        let inner = part.unwrapped(thoroughly: false)
        let texts = Set([part.text, inner.text])
        let patterns = rules.compactMap { $0.content.map(CommandPattern.init) }
        if patterns.contains(where: { pattern in texts.contains { pattern.matches($0) } }),
            !CommandPattern.hidesCommands(inner)
        {
            return nil
        }
        guard let reason = readOnlyReason(inner) else { return nil }
        if policy.mode == .acceptEdits, isFileEdit(inner) { return nil }
        return "no rule allows `\(inner.text)`\(reason.isEmpty ? "" : ": \(reason)")"
    }

    private func question(about redirect: ShellPart.Redirect) -> String? {
        if redirect.target.text == "/dev/null" { return nil }
        guard !redirect.target.isDynamic else { return "it redirects to a computed name" }
        let path = AbsolutePath(redirect.target.text, relativeTo: folder)
        let resolved = ResolvedPath(named: path, real: path)
        let editor = ToolDefinition(name: "Edit", description: "", inputSchema: .null)
        let reader = ToolDefinition(name: "Read", description: "", inputSchema: .null)
        let verdict =
            redirect.writes
            ? policy.verdict(onEditing: resolved, by: editor)
            : policy.verdict(onReading: resolved, by: reader)
        return verdict == .allow ? nil : "it redirects to or from \(path)"
    }

    /// Nil for a command that only reads, and only in the worker's folders; else why not.
    private func readOnlyReason(_ part: ShellPart) -> String? {
        if part.redirects.contains(where: { $0.writes && $0.target.text != "/dev/null" }) {
            return "it writes"
        }
        if !part.assignments.isEmpty { return "it sets variables" }
        if part.words.isEmpty { return nil }
        return ReadOnlyCommands.reason(part, in: folder) {
            policy.isInFolders(ResolvedPath(named: $0, real: $0))
        }
    }

    /// `mkdir`, `touch`, `mv` and `cp` with plain names in the worker's folders.
    private func isFileEdit(_ part: ShellPart) -> Bool {
        guard ["mkdir", "touch", "mv", "cp", "rmdir"].contains(part.words.first?.text),
            part.words.allSatisfy({ !$0.isDynamic })
        else { return false }
        return part.words.dropFirst().allSatisfy { word in
            if word.text.hasPrefix("-") {
                return !word.text.hasPrefix("--target") && !word.text.hasPrefix("-t")
            }
            let path = AbsolutePath(word.text, relativeTo: folder)
            return policy.isInFolders(ResolvedPath(named: path, real: path))
                && !ProtectedPaths.contains(path, below: policy.bases.tree)
        }
    }

    /// The first rule that means a part, however it is wrapped.
    private func rule(
        _ rules: [PermissionRule], hits script: ShellScript, whole: String
    ) -> PermissionRule? {
        rules.first { rule in
            guard rule.means(tool) else { return false }
            guard let content = rule.content else { return true }
            let pattern = CommandPattern(content)
            if pattern.matches(whole) { return true }
            return script.parts.contains { part in
                var forms = [part, part.unwrapped(thoroughly: true)]
                forms += forms.flatMap(\.executed)
                return forms.contains { form in
                    guard let first = form.words.first else { return false }
                    let short = [form.name] + form.words.dropFirst().map(\.text)
                    return pattern.matches(form.text)
                        || first.text.contains("/")
                            && pattern.matches(short.joined(separator: " "))
                }
            }
        }
    }

    /// A path that the rules keep closed and a word names; the sandbox is what keeps others out.
    private func deniedPath(in part: ShellPart) -> AbsolutePath? {
        let reads = part.words.map { ($0.text, false) }
        let values = part.assignments.map { ($0.value.text, false) }
        let files = part.redirects.map { ($0.target.text, $0.writes) }
        for (word, writes) in reads + values + files {
            // `--file=.env`, `HEAD:.env`, `@.env`
            let pieces = [Substring(word)] + word.split { "=:@,".contains($0) }
            for piece in Set(pieces) where !piece.isEmpty && piece.utf8.count < 4096 {
                var name = String(piece)
                if name.hasPrefix("~/"), let home = policy.bases.home {
                    name = home.description + name.dropFirst(1)
                }
                guard !name.utf8.contains(0) else { continue }
                let path = AbsolutePath(name, relativeTo: folder)
                if policy.denials.denies(path, editing: writes) { return path }
            }
        }
        return nil
    }

    /// `rm -r` of a root, a home, the tree or something just below `/`.
    private func isCriticalRemoval(_ part: ShellPart) -> Bool {
        let inner = part.unwrapped(thoroughly: true)
        guard ["rm", "rmdir", "shred"].contains(inner.name) else { return false }
        return inner.words.dropFirst().contains { word in
            if word.text.hasPrefix("-") { return false }
            var text = word.text
            if text == "~" || text.hasPrefix("~/") || text.hasPrefix("$HOME") {
                text = (policy.bases.home?.description ?? "/") + text.drop { $0 != "/" }
            }
            while text.hasSuffix("*") { text.removeLast() }
            let path = AbsolutePath(text.isEmpty ? "." : text, relativeTo: folder)
            let depth = path.description.split(separator: "/").count
            return depth <= 1 || path == policy.bases.home || policy.bases.tree.isInside(path)
        }
    }
}

/// The content of a rule for the shell.
struct CommandPattern {
    private let pattern: WildcardText
    private let exact: String?
    private let prefix: String?

    /// `npm test` exactly; `git diff *` and `git diff:*` with a word's end; `ls*` without.
    init(_ content: String) {
        if content.hasSuffix(":*") || content.hasSuffix(" *") {
            let prefix = String(content.dropLast(2))
            self.prefix = prefix.contains("*") ? nil : prefix
            pattern = WildcardText(prefix + " *")
            exact = nil
        } else {
            prefix = nil
            exact = content.contains("*") ? nil : content
            pattern = WildcardText(content)
        }
    }

    func matches(_ text: String) -> Bool {
        if let exact { return text == exact }
        if let prefix { return text == prefix || text.hasPrefix(prefix + " ") }
        return pattern.matches(text)
    }

    /// Programs whose arguments are commands: no prefix says what they will run.
    static func hidesCommands(_ part: ShellPart) -> Bool {
        switch part.name {
        case "watch", "setsid", "flock", "eval", "exec": true
        case "find":
            part.words.contains {
                ["-exec", "-execdir", "-ok", "-okdir", "-delete"].contains($0.text)
            }
        default: false
        }
    }
}
