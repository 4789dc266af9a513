import Base
import CLibgit2

/// Settings that belong to one worktree, which libgit2 does not read.
struct WorktreeSettings {
    /// `config.worktree` of the opened worktree, where the repository has the extension and the file says something.
    let file: AbsolutePath?
    let isSparse: Bool
}

extension Repository {
    /// Per-worktree settings in force; nil when there are none.
    func worktreeSettings() throws(GitError) -> WorktreeSettings? {
        var file: AbsolutePath?
        var sparse = try configuration("core.sparsecheckout")
        if Repository.isTrue(try configuration("extensions.worktreeconfig")) {
            let path = layout.gitDirectory.appending("config.worktree")
            if Files.kind(of: path) == .file {
                file = path
                let config = try Owned(git_config_free, "read configuration", path.description) {
                    git_config_open_ondisk(&$0, path.description)
                }
                var value = git_buf()
                let status = git_config_get_string_buf(
                    &value, config.pointer, "core.sparsecheckout")
                defer { git_buf_dispose(&value) }
                if status != GIT_ENOTFOUND.rawValue {
                    try check(status, "read configuration", path.description)
                    sparse = value.ptr.map { String(cString: $0) }
                }
            }
        }
        let isSparse = Repository.isTrue(sparse)
        return file == nil && !isSparse ? nil : WorktreeSettings(file: file, isSparse: isSparse)
    }

    /// git's reading of a boolean setting.
    static func isTrue(_ value: String?) -> Bool {
        guard let value = value?.lowercased() else { return false }
        return ["true", "yes", "on", "1"].contains(value)
    }
}
