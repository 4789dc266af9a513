import Base
import Git

extension Repository {
    /// Regions for the conflicts that git found and that the comparison of equal paths has no region for.
    func conflictRegions(
        of answer: MergeTreeAnswer, _ pair: BranchPair, beside analysis: OverlapAnalysis
    ) throws(GitError) -> [OverlapReport.Region] {
        var known = Set(
            (analysis.meetings[pair] ?? []).filter { analysis.regions[$0].isConflict }
                .map { analysis.regions[$0].path })
        var found: [OverlapReport.Region] = []
        for message in answer.messages where message.isConflict {
            guard let path = message.paths.first, known.isDisjoint(with: message.paths) else {
                continue
            }
            known.formUnion(message.paths)
            let kind = answer.kind(of: message, at: path)
            let regions = try linedRegions(of: answer, path, kind, pair)
            found += regions.isEmpty ? [.whole(path, kind, branches: [pair.a, pair.b])] : regions
        }
        return found
    }

    /// The lines that meet where git merged contents under a name that not all three sides have.
    private func linedRegions(
        of answer: MergeTreeAnswer, _ path: RepositoryPath, _ kind: ConflictKind, _ pair: BranchPair
    ) throws(GitError) -> [OverlapReport.Region] {
        let stages = answer.stages.filter { $0.path == path }
        func item(_ number: Int) -> TreeItem? { stages.first { $0.number == number }?.item }
        guard [.overlap, .addAdd].contains(kind), let ours = item(2), let theirs = item(3),
            [ours, theirs].allSatisfy({ $0.mode.isRegular })
        else { return [] }
        let ids = [item(1)?.id, ours.id, theirs.id].compactMap { $0 }
        // An object that git made on the way is in a quarantine by now emptied.
        for id in ids where !(try contains(id)) { return [] }
        var texts = TextCache()
        let sides = [
            try texts.changes(from: item(1)?.id, to: ours.id, in: self),
            try texts.changes(from: item(1)?.id, to: theirs.id, in: self),
        ]
        return OverlapRegions(sides).regions.filter(\.hasConflict).map { region in
            OverlapReport.Region(
                path: path, kind: ConflictKind(rawValue: region.contact.kind) ?? kind, region,
                sides, branches: [pair.a, pair.b])
        }
    }
}

extension MergeTreeAnswer {
    /// The kind of a conflict, told apart by its stages where git has one word for several.
    func kind(of message: Message, at path: RepositoryPath) -> ConflictKind {
        guard message.kind == .overlap else { return message.kind }
        let stages = stages.filter { $0.path == path }
        guard !stages.contains(where: { $0.number == 1 }) else { return .overlap }
        let items = stages.map(\.item)
        return items.count == 2 && items[0].id == items[1].id ? .mode : .addAdd
    }

    /// Conflicted paths with the items of all three sides, in byte order.
    var conflictedPaths: [ConflictedPath] {
        Dictionary(grouping: stages, by: \.path).sorted { $0.key < $1.key }.map { path, stages in
            func item(_ number: Int) -> TreeItem? {
                stages.first { $0.number == number }?.item
            }
            let message = messages.first { $0.isConflict && $0.paths.contains(path) }
            return ConflictedPath(
                path: path, kind: message.map { kind(of: $0, at: path) } ?? .overlap,
                base: item(1), ours: item(2), theirs: item(3))
        }
    }
}

extension MergeTreeAnswer.Message {
    /// git's stable type strings in the report's words.
    var kind: ConflictKind {
        let word = type.split { "()".contains($0) }.dropFirst().first.map(String.init) ?? ""
        let kinds: [String: ConflictKind] = [
            "contents": .overlap, "binary": .binary, "file/directory": .fileDirectory,
            "distinct modes": .type, "modify/delete": .modifyDelete,
            "rename/rename": .renameRename, "rename/delete": .renameDelete,
            "rename involved in collision": .renameModify,
            "directory rename suggested": .renameModify,
            "file in way of directory rename": .renameModify,
        ]
        return kinds[word] ?? (word.contains("submodule") ? .submodule : .renameModify)
    }
}
