import Base

extension PermissionPolicy {
    /// `Edit` in a rule means every tool that writes.
    static func isEdit(_ tool: String) -> Bool {
        ["Edit", "Write", "MultiEdit", "NotebookEdit"].contains(tool)
    }

    func verdict(onReading path: ResolvedPath, by tool: ToolDefinition) -> PermissionVerdict {
        let isRead: (PermissionRule) -> Bool = { $0.tool == "Read" || $0.means(tool) }
        if let rule = hit(deny, isRead, path) { return .deny("rule \(rule)") }
        if denials.denies(path.real, editing: false) || denials.denies(path.named, editing: false) {
            return .deny("a file with secrets")
        }
        if let rule = hit(ask, isRead, path) { return .ask("rule \(rule)") }
        if covered(allow, isRead, path) || mode == .bypassPermissions || isInFolders(path)
            || readableFolders.contains(where: { path.real.isInside($0) })
        {
            return .allow
        }
        return .ask("it is outside the worker's folders")
    }

    func verdict(onEditing path: ResolvedPath, by tool: ToolDefinition) -> PermissionVerdict {
        let isEdit: (PermissionRule) -> Bool = {
            ($0.content == nil ? $0.tool == "Edit" : Self.isEdit($0.tool)) || $0.means(tool)
        }
        let forbids: (PermissionRule) -> Bool = { isEdit($0) || $0.tool == "Read" }
        if let rule = hit(deny, forbids, path) { return .deny("rule \(rule)") }
        if denials.denies(path.real, editing: true) || denials.denies(path.named, editing: true) {
            return .deny("a file with secrets, or of git")
        }
        if let rule = hit(ask, isEdit, path) { return .ask("rule \(rule)") }
        if mode == .bypassPermissions { return .allow }
        if mode == .plan { return .deny("plan mode changes nothing") }
        if freeFolders.contains(where: { path.real.isInside($0) }) { return .allow }
        if ProtectedPaths.contains(path.real, below: bases.tree) {
            return .ask("the file decides what programs do")
        }
        if covered(allow, isEdit, path) { return .allow }
        if mode == .acceptEdits, isInFolders(path) { return .allow }
        return .ask("no rule allows it")
    }

    /// The first rule that forbids or asks: either the link or its target is enough.
    private func hit(
        _ rules: [PermissionRule], _ isMeant: (PermissionRule) -> Bool, _ path: ResolvedPath
    ) -> PermissionRule? {
        rules.first { rule in
            guard isMeant(rule) else { return false }
            guard let content = rule.content else { return true }
            let pattern = PathRule(content, bases: bases, forbids: true)
            return pattern.matches(path.real) || pattern.matches(path.named)
        }
    }

    /// True when rules allow both the link and its target.
    private func covered(
        _ rules: [PermissionRule], _ isMeant: (PermissionRule) -> Bool, _ path: ResolvedPath
    ) -> Bool {
        func isAllowed(_ path: AbsolutePath) -> Bool {
            rules.contains { rule in
                guard isMeant(rule) else { return false }
                guard let content = rule.content else { return true }
                return PathRule(content, bases: bases, forbids: false).matches(path)
            }
        }
        return isAllowed(path.real) && isAllowed(path.named)
    }

    func isInFolders(_ path: ResolvedPath) -> Bool {
        folders.contains { path.real.isInside($0) }
    }
}

/// Files that make other programs run something: a change of them is never accepted unasked.
enum ProtectedPaths {
    private static let folders: Set = [
        ".git", ".vscode", ".idea", ".husky", ".cargo", ".devcontainer", ".yarn", ".mvn",
        ".claude", ".treeguild",
    ]
    private static let files: Set = [
        ".gitconfig", ".gitmodules", ".bashrc", ".bash_profile", ".bash_login", ".bash_logout",
        ".profile", ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".npmrc", "bunfig.toml",
        ".bazelrc", ".pre-commit-config.yaml", ".devcontainer.json", ".ripgreprc", ".mcp.json",
        ".claude.json", "lefthook.yml", "lefthook.yaml", "lefthook.toml", "lefthook.json",
    ]

    /// Whether a path of the tree is one of them.
    static func contains(_ path: AbsolutePath, below tree: AbsolutePath) -> Bool {
        guard path.isInside(tree) else { return false }
        let parts = path.description.dropFirst(tree.description.count).split(separator: "/")
            .map { $0.lowercased() }
        guard let name = parts.last else { return false }
        if parts.dropLast().contains(where: folders.contains) || folders.contains(name) {
            return true
        }
        return files.contains(name) || name.hasPrefix(".yarnrc")
            || name.hasSuffix("-wrapper.properties")
    }
}
