import CLibgit2
import Glibc

/// The one initialisation of libgit2 in this process.
enum GitLibrary {
    /// True once the library can be used; every entry into it touches this first.
    static let isReady: Bool = {
        guard git_libgit2_init() >= 0 else { return false }
        applyConfigurationVariables()
        // These change nothing that this program reads; git itself writes the first one for
        // `git sparse-checkout` and `git worktree` (gitrepository-layout, "extensions").
        let names = ["worktreeconfig", "noop", "preciousobjects", "partialclone"]
        var pointers: [UnsafePointer<CChar>?] = names.map { UnsafePointer(strdup($0)) }
        _ = wt_git_set_extensions(&pointers, pointers.count)
        // A third of the time that a new worktree takes, for what git too leaves to `git fsck`.
        _ = wt_git_set_hash_verification(0)
        pointers.forEach { free(UnsafeMutablePointer(mutating: $0)) }
        return true
    }()

    /// libgit2 does not know git's variables that turn configuration files off.
    private static func applyConfigurationVariables() {
        if let value = getenv("GIT_CONFIG_NOSYSTEM"),
            ["1", "true", "yes"].contains(String(cString: value))
        {
            _ = wt_git_set_search_path(Int32(GIT_CONFIG_LEVEL_SYSTEM.rawValue), "")
        }
        if getenv("GIT_CONFIG_GLOBAL") != nil {
            _ = wt_git_set_search_path(Int32(GIT_CONFIG_LEVEL_GLOBAL.rawValue), "")
            _ = wt_git_set_search_path(Int32(GIT_CONFIG_LEVEL_XDG.rawValue), "")
        }
    }

    /// `major.minor.revision` of the library in use.
    static var version: String {
        var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
        git_libgit2_version(&major, &minor, &revision)
        return "\(major).\(minor).\(revision)"
    }
}
