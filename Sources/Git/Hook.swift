package import Base
import CLibgit2
import Glibc

/// A hook of the user's repository, with the content that it has now.
package struct Hook: Hashable, Sendable {
    /// Where git would find it; links are not resolved, because a hook may look beside its own name.
    package let path: AbsolutePath
    /// What the file holds, links followed.
    package let content: [UInt8]
    /// SHA-256 of the content, as hexadecimal digits.
    package var hash: String { Digest.sha256(content).hexadecimal }

    /// Reads a hook; nil when git would pass it over: no file, or not executable. Blocks.
    package init?(at path: AbsolutePath) throws(FileError) {
        guard Files.kind(of: path, followingLinks: true) == .file,
            access(path.description, X_OK) == 0
        else { return nil }
        self.path = path
        // 64 MiB: some hooks are whole programs, and a wrong file cannot fill the memory.
        content = try Files.read(path, limit: 64 << 20)
    }
}

extension Repository {
    /// The hook of that name that git would run when started in the opened worktree.
    ///
    /// - Throws: `GitError` or `FileError`: where `core.hooksPath` leads, or what lies there, cannot be told.
    package func hook(_ name: String) throws -> Hook? {
        try Hook(at: hooksFolder().appending(name))
    }

    /// A relative `core.hooksPath` begins at the opened worktree, even for a tree that is made elsewhere: git
    /// resolves the hook's path before it changes to the new tree.
    private func hooksFolder() throws -> AbsolutePath {
        let pointer = handle.pointer
        let config = try Owned(git_config_free, "read configuration", "core.hooksPath") {
            git_repository_config_snapshot(&$0, pointer)
        }
        var value = git_buf()
        let status = git_config_get_path(&value, config.pointer, "core.hookspath")
        defer { git_buf_dispose(&value) }
        if status == GIT_ENOTFOUND.rawValue { return layout.commonDirectory.appending("hooks") }
        try check(status, "read configuration", "core.hooksPath")
        let text = value.ptr.map { String(cString: $0) } ?? ""
        return AbsolutePath(text, relativeTo: layout.worktree ?? layout.gitDirectory)
    }
}
