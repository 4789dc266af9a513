import Base
import CLibgit2
import Glibc

/// What is ignored at one place of a walk over a worktree.
///
/// Ours, because libgit2 1.5 drops a line that takes back what a file further up ignores, and would so call a file
/// ignored that git takes for new.
struct IgnoreRules {
    private struct Level {
        /// Bytes of a path up to the folder of the file, its slash included.
        let prefix: Int
        let patterns: [IgnorePattern]
    }

    /// Those that are asked first come last.
    private var levels: [Level] = []
    private let ignoringCase: Bool

    init(ignoringCase: Bool) { self.ignoringCase = ignoringCase }

    /// Adds the lines of a file for paths below `folder`; it is asked before those that were added earlier.
    mutating func add(_ bytes: [UInt8], below folder: RepositoryPath) {
        var text = bytes[...]
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        let patterns = text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            IgnorePattern(
                line: line.last == UInt8(ascii: "\r") ? line.dropLast() : line,
                ignoringCase: ignoringCase)
        }
        guard !patterns.isEmpty else { return }
        levels.append(
            Level(
                prefix: folder.bytes.isEmpty ? 0 : folder.bytes.count + 1, patterns: patterns))
    }

    /// Whether a path is ignored whose folder is not.
    func ignores(_ path: RepositoryPath, isFolder: Bool) -> Bool {
        if levels.isEmpty { return false }
        let bytes = ignoringCase ? path.bytes.map(IgnoreGlob.lowered) : path.bytes
        let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        for level in levels.reversed() {
            for pattern in level.patterns.reversed()
            where pattern.matches(
                path: bytes[level.prefix...], name: bytes[start...], isFolder: isFolder)
            {
                return pattern.ignores
            }
        }
        return false
    }
}

extension Repository {
    /// The rules that hold in every folder of the worktree: the user's and the repository's own.
    func ignoreRules() throws -> IgnoreRules {
        var rules = IgnoreRules(
            ignoringCase: Repository.isTrue(try configuration("core.ignorecase")))
        let own = layout.commonDirectory.appending("info/exclude")
        for file in [try excludesFile(), own].compactMap({ $0 })
        where Files.kind(of: file, followingLinks: true) == .file {
            rules.add(try Files.read(file), below: RepositoryPath(bytes: []))
        }
        return rules
    }

    /// `core.excludesFile`, or where git looks without it.
    private func excludesFile() throws(GitError) -> AbsolutePath? {
        let pointer = handle.pointer
        let config = try Owned(git_config_free, "read configuration", "core.excludesfile") {
            git_repository_config_snapshot(&$0, pointer)
        }
        var value = git_buf()
        let status = git_config_get_path(&value, config.pointer, "core.excludesfile")
        defer { git_buf_dispose(&value) }
        if status == 0, let text = value.ptr {
            return AbsolutePath(
                String(cString: text), relativeTo: layout.worktree ?? layout.gitDirectory)
        }
        if let home = getenv("XDG_CONFIG_HOME"), home.pointee != 0 {
            return AbsolutePath(String(cString: home) + "/git/ignore")
        }
        return getenv("HOME").flatMap { AbsolutePath(String(cString: $0) + "/.config/git/ignore") }
    }
}
