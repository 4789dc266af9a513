package import Base
import Glibc

/// Files that a tree gets besides those of its base.
package enum WorktreeSetup {
    /// Most bytes that are copied into one tree: settings are small, and what is large is to be shared.
    package static let byteLimit = 256 << 20
    /// Most files that are copied into one tree.
    package static let fileLimit = 10_000
}

extension Worktrees {
    /// Copies files of the worktree that is opened here, such as `.env`, into a tree; what is there already stays.
    ///
    /// Links are copied as links and never followed, so nothing from outside the worktree comes in. Repositories of their
    /// own, folders that may not be looked into, pipes and the like are left out. Permissions are kept.
    /// - Parameter matching: picks files by their paths; `entering` says which folders are worth a look.
    /// - Throws: `EFBIG` for more than ``WorktreeSetup/byteLimit`` or ``WorktreeSetup/fileLimit``.
    /// - Returns: what the tree has been provided with, for ``TreeRules/provided``.
    package func copySetup(
        to tree: Worktree, entering: @Sendable (RepositoryPath) -> Bool = { _ in true },
        matching: @Sendable (RepositoryPath) -> Bool
    ) async throws(WorktreeError) -> [RepositoryPath: [UInt8]] {
        try await repository.copySetup(to: tree, entering: entering, matching: matching)
    }
}

extension Repository {
    func copySetup(
        to tree: Worktree, entering: (RepositoryPath) -> Bool, matching: (RepositoryPath) -> Bool
    ) throws(WorktreeError) -> [RepositoryPath: [UInt8]] {
        guard let worktree = layout.worktree else { return [:] }
        return try WorktreeError.during(.setup, worktree.description) {
            let source = try FolderListing.open(worktree)
            defer { close(source) }
            let target = try FolderListing.open(tree.path)
            defer { close(target) }
            var copied: [RepositoryPath: [UInt8]] = [:]
            var bytes = 0
            func visit(_ folder: Int32, _ path: RepositoryPath) throws {
                for entry in try FolderListing.entries(of: folder, path: path.description) {
                    if entry.isDotGit { continue }
                    let child = path.appending(entry.bytes)
                    if entry.isFolder {
                        guard entering(child) else { continue }
                        let inner: Int32
                        do {
                            inner = try FolderListing.open(
                                entry.name, in: folder, path: child.description)
                        } catch {
                            // A database's folder, say: nothing in it can be meant.
                            guard error.code != EACCES else { continue }
                            throw error
                        }
                        defer { close(inner) }
                        var status = stat()
                        if fstatat(inner, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0 { continue }
                        try visit(inner, child)
                    } else if matching(child), [S_IFREG, S_IFLNK].contains(entry.kind) {
                        bytes += Int(entry.status.st_size)
                        guard bytes <= WorktreeSetup.byteLimit,
                            copied.count < WorktreeSetup.fileLimit
                        else { throw FileError("copy", child.description, code: EFBIG) }
                        if let digest = try copy(entry, child, from: folder, to: target) {
                            copied[child] = digest
                        }
                    }
                }
            }
            try visit(source, RepositoryPath(bytes: []))
            return copied
        }
    }

    /// Copies one file; nil when the tree has something of that name.
    private func copy(
        _ entry: FolderEntry, _ path: RepositoryPath, from folder: Int32, to target: Int32
    ) throws -> [UInt8]? {
        let content = try FileContent(
            entry, in: folder, path: path.description, limit: WorktreeSetup.byteLimit)
        guard let bytes = content.bytes else {
            throw FileError("read", path.description, code: EFBIG)
        }
        let mode: FileMode =
            entry.kind == S_IFLNK
            ? .link : entry.status.st_mode & 0o100 != 0 ? .executable : .file
        do {
            try TreeFile.create(
                path, below: target, mode: mode, bytes: bytes,
                permissions: entry.status.st_mode & 0o777)
        } catch let error as FileError where error.code == EEXIST {
            return nil
        }
        return Digest.sha256(bytes)
    }
}
