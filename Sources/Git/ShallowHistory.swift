import Base

/// The history of a shallow clone, walked here: libgit2 before 1.7 does not know where it ends.
///
/// Such a history is short, so whole sets of it are held in memory.
struct ShallowHistory {
    /// Commits whose parents are not there.
    private let ends: Set<ObjectID>

    /// The history of the repository; nil for a whole one.
    init?(of repository: isolated Repository) throws(GitError) {
        let file = repository.layout.commonDirectory.appending("shallow")
        guard Files.kind(of: file, followingLinks: true) == .file else { return nil }
        do throws(FileError) {
            let text = String(decoding: try Files.read(file, limit: 64 << 20), as: UTF8.self)
            ends = Set(text.split(whereSeparator: \.isNewline).compactMap { ObjectID($0) })
        } catch {
            throw GitError(.corrupt, "read history's ends", file.description)
        }
        guard !ends.isEmpty else { return nil }
    }

    /// Parents that are there.
    private func parents(
        of commit: ObjectID, in repository: isolated Repository
    ) throws(GitError) -> [ObjectID] {
        ends.contains(commit) ? [] : try repository.commit(commit).parents
    }

    /// A commit and all that it descends from, children before parents, but for those to leave out.
    func reachable(
        from tip: ObjectID, but left: Set<ObjectID> = [], in repository: isolated Repository
    ) throws(GitError) -> [ObjectID] {
        var (seen, done): (Set<ObjectID>, [ObjectID]) = (left, [])
        // A commit is done when it comes up the second time, after all of its parents.
        var open = [(commit: tip, isExpanded: false)]
        while let (commit, isExpanded) = open.popLast() {
            if isExpanded {
                done.append(commit)
            } else if seen.insert(commit).inserted {
                open.append((commit, true))
                for parent in try parents(of: commit, in: repository) where !seen.contains(parent) {
                    open.append((parent, false))
                }
            }
        }
        return done.reversed()
    }

    /// The best of the commits that all the given ones descend from.
    func mergeBases(
        of commits: [ObjectID], in repository: isolated Repository
    ) throws(GitError) -> [ObjectID] {
        guard let first = commits.first else { return [] }
        var common = Set(try reachable(from: first, in: repository))
        for commit in commits.dropFirst() {
            common.formIntersection(try reachable(from: commit, in: repository))
        }
        // What a common commit descends from is common too, so the others are parents of some.
        var lesser: Set<ObjectID> = []
        for commit in common { lesser.formUnion(try parents(of: commit, in: repository)) }
        return common.subtracting(lesser).sorted { $0.description < $1.description }
    }
}
