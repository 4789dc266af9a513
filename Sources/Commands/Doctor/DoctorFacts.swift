import Base
import Processes
import Store

/// What `doctor` found out; nil means that it could not be looked at.
struct DoctorFacts: Sendable {
    /// Version of the git program; nil when there is none.
    var git: String?
    var libgit2 = ""
    var sqlite = ""
    /// A memory file system that this user can write to.
    var memory: Space?
    var cgroup: Cgroup?
    /// What workers can be kept from.
    var sandbox: SandboxSupport?
    var inotifyWatches: Int?
    var inotifyInstances: Int?
    /// Open files that a process may have.
    var openFiles: Int?
    /// Where worktrees are made.
    var trees: Space?
    /// Whether git knows who commits.
    var hasIdentity: Bool?
    var repository: RepositoryState = .none
    var ledger: LedgerState = .none

    /// Room on a file system.
    struct Space: Equatable, Sendable {
        let path: AbsolutePath
        /// Bytes.
        let free: Int
        /// Nil where the file system makes inodes as it needs them.
        let freeInodes: Int?
    }

    /// What control groups can be used for.
    enum Cgroup: Equatable, Sendable {
        case absent
        /// Mounted, but this user cannot make groups.
        case readOnly
        case usable
    }

    /// The repository that doctor was started in.
    enum RepositoryState: Equatable, Sendable {
        case none
        /// There is one that cannot be opened, with the reason.
        case unreadable(String)
        case found(RepositoryFacts)
    }

    /// What matters about a repository.
    struct RepositoryFacts: Equatable, Sendable {
        var path: AbsolutePath
        var isBare: Bool?
        var isShallow: Bool?
        /// Objects are fetched when they are needed.
        var isPartial: Bool?
        var isSparse: Bool?
        var hasSubmodules: Bool?
        /// Names of filter drivers in use, such as `lfs`.
        var filters: [String]?
        /// `sha1` or `sha256`.
        var objectFormat: String?
        /// Linked worktrees, and those of them whose folder is gone.
        var worktrees: Int?
        var prunableWorktrees: Int?
    }

    /// The ledger of the repository's runs.
    enum LedgerState: Equatable, Sendable {
        case none
        /// There is one that cannot be opened, with the reason.
        case unreadable(String)
        case found(ChainState)
    }
}
