package import Base
import CLibgit2
import Glibc

/// One handle on one repository: refs, objects, history.
///
/// Methods block on the disk, so each actor runs on a lane of its own and every call is atomic within it.
/// Values go in and come out; libgit2's handles stay inside. Opening costs well under a millisecond:
/// open one for each thing that should run beside others.
package actor Repository {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// Where the repository's parts lie.
    package nonisolated let layout: RepositoryLayout
    nonisolated private let lane: Lane
    let handle: RepositoryHandle
    /// Modes that the repository wants for what is written into it; nil without such a wish.
    let sharing: SharedModes?
    /// A copy of the worktree's index in a form that libgit2 reads, where the index itself is not.
    var plainIndex: AbsolutePath?
    /// What ``addObjects(from:)`` was given.
    var addedObjects: [AbsolutePath] = []
    /// Objects that are not to be stored; nil outside of ``withoutStoring(_:)``.
    var unstored: [ObjectID: UnstoredObject]?

    /// Opens the repository that holds `path`, searching upwards as git does; `GIT_…` variables have no say.
    ///
    /// - Throws: `.notFound` when there is none, `.owner` when it belongs to another user,
    ///   `.unsupported` for SHA-256 and unknown extensions.
    package init(at path: AbsolutePath) throws(GitError) {
        let opened = try RepositoryHandle(at: path)
        layout = try opened.layout()
        sharing = try opened.sharedModes()
        handle = opened
        lane = Lane(label: "repository")
    }

    /// One more handle on the same objects, for reading beside this one on another thread: it is being opened
    /// from now on, whatever this one does meanwhile.
    package func twin() -> Task<Repository, any Error> {
        let (place, added) = (layout.commonDirectory, addedObjects)
        return Task.detached {
            let twin = try Repository(at: place)
            try await twin.openPacks()
            for folder in added { try await twin.addObjects(from: folder) }
            return twin
        }
    }

    private func openPacks() throws(GitError) {
        try handle.openPacks(below: layout.commonDirectory)
    }

    /// Version of libgit2 in use.
    package static var libraryVersion: String { GitLibrary.version }

    /// Version of OpenSSL in use.
    package static var opensslVersion: String { SHA1.libraryVersion }
}

/// The folders of a repository; symbolic links are resolved.
package struct RepositoryLayout: Hashable, Sendable {
    /// What `HEAD` and `index` lie in: `<common>` or `<common>/worktrees/<name>`.
    package let gitDirectory: AbsolutePath
    /// What all worktrees share: objects, refs, configuration.
    package let commonDirectory: AbsolutePath
    /// The worktree that was opened; nil in a bare repository.
    package let worktree: AbsolutePath?
    /// The main worktree; nil when the repository is bare.
    package let mainWorktree: AbsolutePath?

    /// True when a linked worktree was opened.
    package var isLinked: Bool { gitDirectory != commonDirectory }
}

/// An open repository, freed once.
struct RepositoryHandle: ~Copyable, @unchecked Sendable {
    // Sendable because libgit2 handles are bound to no thread, only to one user at a time,
    // and the owning actor is that one user.
    let pointer: OpaquePointer

    init(at path: AbsolutePath) throws(GitError) {
        try self.init(opening: path, flags: 0)
    }

    /// Opens a git directory, or a worktree's part of it, as if it had no worktree.
    init(bare path: AbsolutePath) throws(GitError) {
        try self.init(opening: path, flags: GIT_REPOSITORY_OPEN_BARE.rawValue)
    }

    private init(opening path: AbsolutePath, flags: UInt32) throws(GitError) {
        guard GitLibrary.isReady else {
            throw GitError(.other(-1), "initialise libgit2", path.description)
        }
        var made: OpaquePointer?
        try check(
            git_repository_open_ext(&made, path.description, flags, nil), "open repository",
            path.description)
        guard let made else { throw GitError(.notFound, "open repository", path.description) }
        do throws(GitError) {
            try RepositoryHandle.addWorktreeConfiguration(to: made)
        } catch {
            git_repository_free(made)
            throw error
        }
        pointer = made
    }

    /// Settings that belong to one worktree come before all others; libgit2 does not read them by itself.
    private static func addWorktreeConfiguration(to pointer: OpaquePointer) throws(GitError) {
        let config = try Owned(git_config_free, "read configuration", "config.worktree") {
            git_repository_config(&$0, pointer)
        }
        var isOn: Int32 = 0
        let status = git_config_get_bool(&isOn, config.pointer, "extensions.worktreeconfig")
        guard status == 0, isOn == 1, let folder = git_repository_path(pointer) else { return }
        let file = String(cString: folder) + "config.worktree"
        guard access(file, F_OK) == 0 else { return }
        try check(
            git_config_add_file_ondisk(
                config.pointer, file, GIT_CONFIG_LEVEL_APP, pointer, 0), "read configuration",
            file)
    }

    deinit { git_repository_free(pointer) }

    func layout() throws(GitError) -> RepositoryLayout {
        func folder(_ text: UnsafePointer<CChar>?) -> AbsolutePath? {
            guard let text, let path = AbsolutePath(String(cString: text)) else { return nil }
            return (try? Files.resolve(path)) ?? path  // A folder that vanished keeps its name.
        }
        guard let git = folder(git_repository_path(pointer)),
            let common = folder(git_repository_commondir(pointer))
        else { throw GitError(.invalid, "find the folders of", "repository") }
        let worktree = folder(git_repository_workdir(pointer))
        let main = git == common ? worktree : RepositoryHandle.mainWorktree(of: common)
        return RepositoryLayout(
            gitDirectory: git, commonDirectory: common, worktree: worktree, mainWorktree: main)
    }

    /// The main worktree as seen from a linked one.
    private static func mainWorktree(of common: AbsolutePath) -> AbsolutePath? {
        guard let main = try? RepositoryHandle(at: common),  // Unreadable means none to protect.
            git_repository_is_bare(main.pointer) == 0,
            let text = git_repository_workdir(main.pointer)
        else { return nil }
        // A folder that cannot be reached holds nothing to protect.
        return AbsolutePath(String(cString: text)).flatMap { try? Files.resolve($0) }
    }
}
