import Base

/// Proofs that a file was not renamed.
///
/// git pairs a deleted file with an added one of the same branch when at least half of the larger one's bytes are
/// in both, counted by lines and 64-byte pieces. A file without such a partner is no rename, whatever git looks at.
/// The proofs lean to the safe side: what is costly to compare counts as similar.
package struct RenameEvidence: Sendable {
    private struct Pair: Hashable {
        let old: ObjectID
        let new: ObjectID
    }

    private var verdicts: [Pair: Bool] = [:]
    private var sizes: [ObjectID: Int] = [:]
    private var pieces: [ObjectID: PieceCounts] = [:]
    /// Comparisons of content that are still allowed.
    private var budget: Int

    /// - Parameter budget: comparisons of content after which everything counts as similar.
    package init(budget: Int = 20_000) { self.budget = budget }

    /// Whether the path, which the branch deleted, may be somewhere else now.
    mutating func mayHaveMoved(
        _ deletion: TreeChange, by branch: BranchChanges, in repository: isolated Repository
    ) throws(GitError) -> Bool {
        guard let old = deletion.old else { return false }
        for addition in branch.additions {
            guard let new = addition.new else { continue }
            if try mayBeSimilar(old, new, in: repository) { return true }
        }
        return false
    }

    /// Whether the path, which the branch added, may have come from somewhere else.
    mutating func mayHaveCome(
        _ addition: TreeChange, by branch: BranchChanges, in repository: isolated Repository
    ) throws(GitError) -> Bool {
        guard let new = addition.new else { return false }
        for deletion in branch.deletions {
            guard let old = deletion.old else { continue }
            if try mayBeSimilar(old, new, in: repository) { return true }
        }
        return false
    }

    /// Whether some file of the folder, which the branch emptied, may be somewhere else now.
    mutating func mayHaveMoved(
        folder: RepositoryPath, by branch: BranchChanges, in repository: isolated Repository
    ) throws(GitError) -> Bool {
        for deletion in branch.deletions where deletion.path.isInside(folder) {
            if try mayHaveMoved(deletion, by: branch, in: repository) { return true }
        }
        return false
    }

    private mutating func mayBeSimilar(
        _ old: TreeItem, _ new: TreeItem, in repository: isolated Repository
    ) throws(GitError) -> Bool {
        if old.id == new.id { return true }
        // git compares the contents of regular files alone.
        guard old.mode.isRegular, new.mode.isRegular else { return false }
        let pair = Pair(old: old.id, new: new.id)
        if let known = verdicts[pair] { return known }
        let (oldSize, newSize) = (try size(old.id, repository), try size(new.id, repository))
        let isSimilar: Bool
        if min(oldSize, newSize) * 2 < max(oldSize, newSize) {
            isSimilar = false
        } else if budget <= 0 || max(oldSize, newSize) > 1 << 20 {
            return true
        } else {
            budget -= 1
            let (a, b) = (try counts(old.id, repository), try counts(new.id, repository))
            isSimilar = a.mayShareHalf(with: b)
        }
        verdicts[pair] = isSimilar
        return isSimilar
    }

    private mutating func size(
        _ id: ObjectID, _ repository: isolated Repository
    ) throws(GitError) -> Int {
        if let known = sizes[id] { return known }
        let size = try repository.blobSize(id)
        sizes[id] = size
        return size
    }

    private mutating func counts(
        _ id: ObjectID, _ repository: isolated Repository
    ) throws(GitError) -> PieceCounts {
        if let known = pieces[id] { return known }
        let counts = PieceCounts(try repository.blob(id))
        // 4096: enough for the files of a wide change, and bounded for a series of them.
        if pieces.count >= 4096 { pieces = [:] }
        pieces[id] = counts
        return counts
    }
}

/// How many bytes of a file are in pieces of one hash: a piece is a line, or 64 bytes of a longer one.
struct PieceCounts: Sendable {
    private let size: Int
    private var bytes: [UInt32: Int] = [:]
    /// Bytes after the last whole piece, which some versions of git count and others do not.
    private let rest: Int
    /// A carriage return counts for some files and not for others.
    private let hasReturn: Bool

    init(_ content: [UInt8]) {
        size = content.count
        hasReturn = content.contains(0x0d)
        var (one, two): (UInt32, UInt32) = (0, 0)
        var length = 0
        for byte in content {
            let old = one
            one = (one << 7) ^ (two >> 25)
            two = (two << 7) ^ (old >> 25)
            one &+= UInt32(byte)
            length += 1
            if length < 64, byte != 0x0a { continue }
            // 107927 and 0x61: HASHBASE and the factor of git's diffcore-delta, where equal hashes are equal pieces.
            bytes[(one &+ two &* 0x61) % 107_927, default: 0] += length
            (one, two, length) = (0, 0, 0)
        }
        rest = length
    }

    /// False only where no version of git finds half of the larger file in both.
    func mayShareHalf(with other: PieceCounts) -> Bool {
        if hasReturn || other.hasReturn { return true }
        var shared = min(rest, other.rest)
        for (hash, count) in bytes {
            if let otherCount = other.bytes[hash] { shared += min(count, otherCount) }
        }
        // The last piece's hash may as well be that of whole pieces of the other file.
        shared += max(rest, other.rest)
        return shared * 2 >= max(size, other.size)
    }
}
