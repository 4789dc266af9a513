package import Base

/// Instructions of a repository or a user for agents, such as `AGENTS.md`.
package struct InstructionFile: Hashable, Sendable {
    /// The file.
    package let path: AbsolutePath
    /// Its text with the files put in that it imports.
    package let text: String
    /// True for the user's own, false for the repository's.
    package let isUsers: Bool

    /// Bytes of one file with its imports; more is cut.
    static let limit = 100_000
    /// What an import counts in bytes, whatever it brings: files that import each other end.
    static let importCost = 500

    /// The text with a line that says whose it is.
    package var section: String {
        let owner = isUsers ? "the user's, for all projects" : "the project's"
        return "# Instructions in \(path) (\(owner))\n\n\(text)"
    }
}

extension WorkerFiles {
    /// The instructions that hold at the tree's top: the user's first, then the repository's.
    ///
    /// - Parameter userFiles: Files of the user, of which each that exists is taken.
    package func instructions(userFiles: [AbsolutePath] = []) -> [InstructionFile] {
        var out: [InstructionFile] = []
        for path in userFiles {
            // One that is missing or closed says nothing.
            guard let bytes = try? Files.read(path, limit: 1 << 20) else { continue }
            let text = String(decoding: bytes.prefix(InstructionFile.limit), as: UTF8.self)
            out.append(InstructionFile(path: path, text: text, isUsers: true))
        }
        return out + level("")
    }

    /// Instructions in the folders between the tree's top and a file, nearest last; each once.
    func nestedInstructions(for path: AbsolutePath) -> [InstructionFile] {
        guard path.isInside(tree), path != tree else { return [] }
        let relative = path.description.dropFirst(tree.description.count + 1)
        let folders = relative.split(separator: "/").dropLast()
        var folder = ""
        var out: [InstructionFile] = []
        for part in folders {
            folder += folder.isEmpty ? String(part) : "/\(part)"
            guard levels.insert(folder).inserted else { continue }
            out += level(folder)
        }
        return out.filter { $0.path != path }
    }

    /// `CLAUDE.md`, or where there is none `AGENTS.md`, of one folder; at the top also local ones.
    private func level(_ folder: String) -> [InstructionFile] {
        let base = folder.isEmpty ? tree : tree.appending(folder)
        let main = ["CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.md"]
        var names: [String] = []
        if let name = main.first(where: { text(of: base.appending($0)) != nil }) { names = [name] }
        if folder.isEmpty { names.append("CLAUDE.local.md") }
        return names.compactMap { name in
            let path = base.appending(name)
            guard text(of: path) != nil else { return nil }
            var budget = InstructionFile.limit
            var open: Set<AbsolutePath> = []
            let text = imported(path, depth: 0, &budget, &open)
            return InstructionFile(path: path, text: text, isUsers: false)
        }
    }

    /// Nil for what does not exist, is no text, or leads out of the worker's folders.
    private func text(of path: AbsolutePath) -> String? {
        // For instructions all these are the same.
        guard let file = try? load(path.description, limit: 1 << 20) else { return nil }
        return TextFile(file.bytes)?.text
    }

    /// A file with its lines `@path` replaced by those files, four deep at most, not in code.
    private func imported(
        _ path: AbsolutePath, depth: Int, _ budget: inout Int, _ open: inout Set<AbsolutePath>
    ) -> String {
        guard let text = text(of: path), open.insert(path).inserted else { return "" }
        defer { open.remove(path) }
        var lines: [String] = []
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let start = line.drop { $0 == " " }
            if start.hasPrefix("```") || start.hasPrefix("~~~") { isCode.toggle() }
            guard !isCode, depth < 4, start.hasPrefix("@"), !start.contains(" "),
                start.count > 1
            else {
                budget -= line.utf8.count + 1
                if budget < 0 {
                    lines.append("[The rest is left out.]")
                    break
                }
                lines.append(String(line))
                continue
            }
            budget -= InstructionFile.importCost
            if budget < 0 {
                lines.append("[The rest is left out.]")
                break
            }
            let target = AbsolutePath(String(start.dropFirst()), relativeTo: path.parent)
            let inner = imported(target, depth: depth + 1, &budget, &open)
            lines.append(inner.isEmpty ? String(line) : inner)
        }
        return lines.joined(separator: "\n")
    }
}
