package import Base
import Glibc

/// What a tree gets of a shared path where the file system cannot copy on write.
package enum SharingFallback: Hashable, Sendable {
    /// Copies of all files.
    case copy
    /// A link to the main worktree's own: who writes there writes to the user's files.
    case link
    case nothing
}

/// How a path came to be shared.
package enum Sharing: Hashable, Sendable {
    /// So many files hold the same blocks of the disk until somebody writes to them.
    case cloned(files: Int)
    case copied(files: Int)
    case linked
    /// The file system cannot, and nothing else was wanted.
    case left
    /// The main worktree has nothing there.
    case absent
}

extension Worktrees {
    /// Gives a tree a file or folder of the worktree that is opened here, such as `node_modules`: by copy-on-write where
    /// the file system can, else by the fallback.
    ///
    /// What the tree has already stays. Links are made again as they are, but those that lead into the opened
    /// worktree by an absolute path lead into the tree instead. No link is followed, sockets and the like are left
    /// out, times and permissions are kept.
    package func share(
        _ path: RepositoryPath, with tree: Worktree, fallback: SharingFallback
    ) async throws(WorktreeError) -> Sharing {
        try await repository.share(path, with: tree, fallback: fallback)
    }
}

extension Repository {
    func share(
        _ path: RepositoryPath, with tree: Worktree, fallback: SharingFallback
    ) throws(WorktreeError) -> Sharing {
        guard let worktree = layout.worktree else { return .absent }
        return try WorktreeError.during(.setup, path.description) {
            let source = try FolderListing.open(worktree)
            defer { close(source) }
            let target = try FolderListing.open(tree.path)
            defer { close(target) }
            let status: stat
            do {
                status = try TreeFile.status(of: path, below: source)
            } catch let error as FileError where error.code == ENOENT {
                return .absent
            }
            let canClone = try TreeFile.withParent(of: path, below: source) { folder, name in
                try FileClone.works(
                    from: FolderEntry(name: name, status: status), in: folder, to: target)
            }
            if !canClone, fallback == .nothing { return .left }
            let wanted = !canClone && fallback == .link
            return try TreeFile.withParent(of: path, below: target, making: true) { place, name in
                if wanted {
                    let destination = worktree.appending(path.description).description
                    guard symlinkat(destination, place, name) == 0 else {
                        throw FileError("symlink", path.description)
                    }
                    return .linked
                }
                var clone = FileClone(
                    cloning: canClone, from: worktree.description, to: tree.path.description)
                try TreeFile.withParent(of: path, below: source) { folder, name in
                    try clone.copy(
                        FolderEntry(name: name, status: status), path, from: folder, to: place)
                }
                return canClone ? .cloned(files: clone.files) : .copied(files: clone.files)
            }
        }
    }
}
