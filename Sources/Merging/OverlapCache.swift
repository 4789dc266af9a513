import Base
import Git

/// What was read and compared so far, for the next comparison of nearly the same branches.
///
/// Everything goes by the names of objects, so nothing in it can become wrong. One branch that moved costs one
/// comparison of trees and the diffs of the files that it changed.
package struct OverlapCache: Sendable {
    private struct Trees: Hashable {
        let base: ObjectID
        let head: ObjectID
    }

    private var changes: [Trees: BranchChanges] = [:]
    var texts = TextCache()
    var evidence = RenameEvidence()

    /// Knows nothing yet.
    ///
    /// - Parameter workLimit: how many lines the diff of one file may look at before the file counts as too large.
    package init(workLimit: Int = LineDiff.workLimit) { texts.workLimit = workLimit }

    /// What the tree `head` changed against the tree `base`.
    mutating func changes(
        from base: ObjectID, to head: ObjectID, in repository: isolated Repository
    ) throws(GitError) -> BranchChanges {
        let key = Trees(base: base, head: head)
        if let known = changes[key] { return known }
        let made = try repository.branchChanges(from: base, to: head)
        changes[key] = made
        return made
    }

    /// Forgets trees that are compared no more.
    mutating func keep(base: ObjectID, heads: some Sequence<ObjectID>) {
        let wanted = Set(heads.map { Trees(base: base, head: $0) })
        changes = changes.filter { wanted.contains($0.key) }
    }
}

extension OverlapCache {
    /// Finds in advance, on several cores, what a comparison of these trees will ask for.
    ///
    /// What it finds does not depend on who found it, so neither does the report. What fails here is left to the
    /// comparison, which says why.
    mutating func prepare(
        base: ObjectID, heads: [ObjectID], beside repository: Repository, _ cores: Int
    ) async {
        // A base that is no commit: the comparison says so.
        guard let base = try? await repository.commit(base).tree else { return }
        let unknown = Set(heads).map { Trees(base: base, head: $0) }.filter { changes[$0] == nil }
        guard unknown.count > 1,
            let team = await RepositoryTeam(beside: repository, cores: cores)
        else { return }
        let bases = BaseTrees()
        // An object that cannot be read: the comparison names it.
        let found = try? await team.gather(unknown, into: [Trees: BranchChanges]()) {
            trees, found, repository throws(GitError) in
            found[trees] = try repository.branchChanges(from: trees.base, to: trees.head, bases)
        }
        guard let found else { return }
        for part in found { changes.merge(part) { known, _ in known } }
        let branches = Set(heads).compactMap { changes[Trees(base: base, head: $0)] }
        let wanted = ContentChange.all(in: branches).filter { !$0.isKnown(to: texts) }
        // As before.
        let parts = try? await team.gather(wanted, into: texts.part(of: team.count)) {
            content, part, repository throws(GitError) in
            try content.find(in: repository, &part)
        }
        for part in parts ?? [] { texts.take(part) }
    }
}

/// What branches made of one file's content.
private struct ContentChange: Sendable {
    var keys: [TextCache.Key] = []
    /// True where lines of branches are compared with each other.
    var isShared: Bool { keys.count { $0.side != nil } > 1 }

    /// One for each path; in no order, since what is found does not depend on it.
    static func all(in branches: [BranchChanges]) -> [ContentChange] {
        var byPath: [RepositoryPath: ContentChange] = [:]
        for change in branches.lazy.flatMap(\.changes) where change.hasLines {
            let key = TextCache.Key(base: change.old?.id, side: change.new?.id)
            if byPath[change.path]?.keys.contains(key) == true { continue }
            byPath[change.path, default: ContentChange()].keys.append(key)
        }
        return Array(byPath.values)
    }

    func isKnown(to texts: TextCache) -> Bool {
        keys.allSatisfy { texts.knows($0, withText: isShared && $0.side != nil) }
    }

    func find(
        in repository: isolated Repository, _ texts: inout TextCache
    ) throws(GitError) {
        for key in keys {
            if isShared, let side = key.side {
                guard texts.hasRoom else { continue }
                _ = try texts.changes(from: key.base, to: side, in: repository)
            } else {
                _ = try texts.size(of: key, in: repository)
            }
        }
    }
}
