import Base
import Git

/// What the git program says about the repository. Blocks.
struct RepositoryProbe: Sendable {
    let program: ProgramProbe
    let folder: AbsolutePath
    let places: SettingsPlaces

    func state() -> DoctorFacts.RepositoryState {
        do throws(GitError) {
            guard let layout = try places.layout() else { return .none }
            return .found(facts(layout))
        } catch {
            return .unreadable(error.message.isEmpty ? "\(error.code)" : error.message)
        }
    }

    private func facts(_ layout: RepositoryLayout) -> DoctorFacts.RepositoryFacts {
        var facts = DoctorFacts.RepositoryFacts(path: layout.commonDirectory)
        facts.isBare = layout.mainWorktree == nil
        facts.isShallow = rule("--is-shallow-repository")
        facts.objectFormat = git("rev-parse", "--show-object-format")
        facts.isPartial = settings("^remote\\..*\\.promisor$").map { !$0.isEmpty }
        facts.isSparse = settings("^core\\.sparsecheckout$").map { $0.contains { $0.1 == "true" } }
        facts.hasSubmodules = layout.worktree.map {
            Files.kind(of: $0.appending(".gitmodules")) != nil
        }
        facts.filters = filters(layout)
        if let list = git("worktree", "list", "--porcelain") {
            let lines = list.split(separator: "\n")
            facts.worktrees = lines.count { $0.hasPrefix("worktree ") } - 1
            facts.prunableWorktrees = lines.count { $0.hasPrefix("prunable") }
        }
        return facts
    }

    private func git(_ words: String...) -> String? {
        program.line(["git", "-C", folder.description] + words)
    }

    private func rule(_ name: String) -> Bool? { git("rev-parse", name).map { $0 == "true" } }

    /// Keys and values that match; empty when none does, nil when git could not be asked.
    private func settings(_ pattern: String) -> [(String, String)]? {
        let words = ["git", "-C", folder.description, "config", "--get-regexp", pattern]
        // Status 1 is git's way to say that nothing matches.
        guard let (status, text) = program.answer(words), status < 2 else { return nil }
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "true")
        }
    }

    /// Drivers that the attributes at the top name.
    private func filters(_ layout: RepositoryLayout) -> [String]? {
        guard let top = layout.worktree else { return [] }
        let files = [
            top.appending(".gitattributes"), layout.commonDirectory.appending("info/attributes"),
        ]
        var names: Set<String> = []
        for file in files {
            do throws(FileError) {
                let text = String(decoding: try Files.read(file, limit: 1 << 24), as: UTF8.self)
                for word in text.split(whereSeparator: \.isWhitespace)
                where word.hasPrefix("filter=") {
                    names.insert(String(word.dropFirst(7)))
                }
            } catch {
                if !error.isMissing { return nil }
            }
        }
        return names.sorted()
    }
}
