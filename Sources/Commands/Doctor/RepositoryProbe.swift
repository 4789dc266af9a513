import Base
import Git

/// What libgit2 and the git program say about the repository.
struct RepositoryProbe: Sendable {
    let program: ProgramProbe
    let places: SettingsPlaces

    func state() async -> DoctorFacts.RepositoryState {
        do {
            guard let layout = try await BlockingCalls.run({ try places.layout() }) else {
                return .none
            }
            return .found(await facts(layout))
        } catch let error as GitError where !error.message.isEmpty {
            return .unreadable(error.message)
        } catch {
            return .unreadable(CommandError(error).message)
        }
    }

    private func facts(_ layout: RepositoryLayout) async -> DoctorFacts.RepositoryFacts {
        var facts = await BlockingCalls.run { files(layout) }
        facts.isShallow = await program.line("rev-parse", "--is-shallow-repository").map {
            $0 == "true"
        }
        facts.objectFormat = await program.line("rev-parse", "--show-object-format")
        facts.isPartial = await program.settings("^remote\\..*\\.promisor$").map { !$0.isEmpty }
        facts.isSparse = await program.settings("^core\\.sparsecheckout$").map { found in
            found.contains { $0.value == "true" }
        }
        if let list = await program.line("worktree", "list", "--porcelain") {
            let lines = list.split(separator: "\n")
            facts.worktrees = lines.count { $0.hasPrefix("worktree ") } - 1
            facts.prunableWorktrees = lines.count { $0.hasPrefix("prunable") }
        }
        return facts
    }

    /// What files alone tell. Blocks.
    private func files(_ layout: RepositoryLayout) -> DoctorFacts.RepositoryFacts {
        var facts = DoctorFacts.RepositoryFacts(path: layout.commonDirectory)
        facts.isBare = layout.mainWorktree == nil
        facts.hasSubmodules =
            layout.worktree.map { Files.kind(of: $0.appending(".gitmodules")) != nil } ?? false
        facts.filters = filters(layout)
        return facts
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
