package import Base
import Glibc

/// What emptying a trash did.
package struct EmptiedTrash: Equatable, Sendable {
    /// Entries that are gone.
    package let removed: Int
    /// Entries old enough that the limit left for the next call.
    package let left: Int
    /// What could not be removed; the next call tries again.
    package let failures: [FileError]
}

/// The trash beside a run's trees; deleting blocks on a lane of its own.
package actor TrashFolder {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }
    nonisolated private let lane = Lane(label: "trash")
    private let folder: AbsolutePath

    /// - Parameter parent: the folder that holds the trees.
    package init(besideTreesIn parent: AbsolutePath) { folder = parent.appending(".trash") }

    /// Entries that are whole, oldest first.
    package func entries() -> [TrashedTree] {
        TrashFolder.entries(in: folder).filter { !$0.isUnfinished }.sorted { $0.time < $1.time }
    }

    /// Deletes at most `limit` entries older than `cutoff`, oldest first, and what an interrupted call left of others.
    ///
    /// Entries whose tree is still being moved stay.
    package func empty(olderThan cutoff: Timestamp, limit: Int = 100) -> EmptiedTrash {
        var failures: [FileError] = []
        var removed = 0
        let old = entries().filter { $0.time < cutoff }
        for trashed in old.prefix(limit) {
            // Under its new name nothing takes it for an entry, however much of it is gone.
            let doomed = folder.appending(".deleting-" + trashed.entry.name)
            do throws(FileError) {
                try Files.rename(trashed.entry, to: doomed)
                removed += 1
            } catch {
                failures.append(error)
            }
        }
        // A missing trash is an empty one.
        for name in (try? Files.list(folder)) ?? [] where name.hasPrefix(".deleting-") {
            do throws(FileError) {
                try Files.removeTree(folder.appending(name))
            } catch {
                failures.append(error)
            }
        }
        return EmptiedTrash(
            removed: removed, left: max(0, old.count - limit), failures: failures)
    }

    /// Entries of one tree, the newest first.
    static func entries(for tree: Worktree) -> [TrashedTree] {
        entries(in: TrashedTree.trash(of: tree))
            .filter { $0.tree.name == tree.name && $0.tree.path == tree.path }
            .sorted { $0.time > $1.time }
    }

    private static func entries(in folder: AbsolutePath) -> [TrashedTree] {
        // A missing trash is an empty one.
        ((try? Files.list(folder)) ?? []).filter { !$0.hasPrefix(".") }
            .compactMap { TrashedTree(at: folder.appending($0)) }
    }

    /// Moves a registration, to another file system by copying.
    static func move(_ source: AbsolutePath, to target: AbsolutePath) throws {
        do throws(FileError) {
            try Files.rename(source, to: target)
        } catch {
            guard error.code == EXDEV else { throw error }
            let part = target.parent.appending(".part-" + target.name)
            try Files.removeTree(part)
            try copy(source, to: part)
            try Files.rename(part, to: target)
            try Files.removeTree(source)
        }
    }

    private static func copy(_ source: AbsolutePath, to target: AbsolutePath) throws {
        try Files.makeFolder(target)
        for name in try Files.list(source) {
            let (from, to) = (source.appending(name), target.appending(name))
            switch Files.kind(of: from) {
            case .folder: try copy(from, to: to)
            case .file: try Files.create(to, with: Files.read(from))
            case .link, .other, nil:
                throw FileError("copy", from.description, code: EINVAL)
            }
        }
    }
}

extension TrashedTree {
    /// True while folder or registration is still at its old place.
    var isUnfinished: Bool { Files.kind(of: registration) == nil }

    /// False as long as only the facts are there, or again after a restoration.
    package var holdsFolder: Bool { Files.kind(of: folder) != nil }
}
