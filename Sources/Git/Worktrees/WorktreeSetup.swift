package import Base
import Glibc

/// Files that a tree gets besides those of its base.
package enum WorktreeSetup {
    /// Most bytes of one file that is copied: settings are small.
    static let limit = 256 << 20
}

extension Worktrees {
    /// Copies files of the worktree that is opened here, such as `.env`, into a tree; what is there already stays.
    ///
    /// Links are copied as links, repositories of their own are left out.
    /// - Parameter matching: picks files by their paths; `entering` says which folders are worth a look.
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
            func visit(_ folder: Int32, _ path: RepositoryPath) throws {
                for entry in try FolderListing.entries(of: folder, path: path.description) {
                    if entry.isDotGit { continue }
                    let child = path.appending(entry.bytes)
                    if entry.isFolder {
                        guard entering(child) else { continue }
                        let inner = try FolderListing.open(
                            entry.name, in: folder, path: child.description)
                        defer { close(inner) }
                        var status = stat()
                        if fstatat(inner, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0 { continue }
                        try visit(inner, child)
                    } else if matching(child), [S_IFREG, S_IFLNK].contains(entry.kind) {
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
            entry, in: folder, path: path.description, limit: WorktreeSetup.limit)
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
