import Base
import CLibgit2
import Glibc

/// The stages of making a worktree up to its registration; all run on the repository's lane.
extension Repository {
    /// Lock contention on refs ends within milliseconds; 40 makers at once need some tries.
    private static let contention = Backoff(
        first: .milliseconds(4), longest: .milliseconds(250), tries: 14)

    /// Runs the body again while it fails by lock contention; sleeps on the lane.
    func retryingContention<Result>(
        _ body: () throws(WorktreeError) -> Result
    ) throws(WorktreeError) -> Result {
        var generator = SystemRandomNumberGenerator()
        var number = 1
        while true {
            do throws(WorktreeError) {
                return try body()
            } catch {
                guard error.isTransient,
                    let wait = Self.contention.wait(after: number, using: &generator)
                else { throw error }
                let (seconds, attoseconds) = wait.components
                usleep(UInt32(seconds) * 1_000_000 + UInt32(attoseconds / 1_000_000_000_000))
                number += 1
            }
        }
    }

    /// Checks that everything the tree needs is free, and that there is room; true when its branch is there already.
    func inspectPlace(
        of tree: Worktree, adoptingBranch: Bool
    ) throws(WorktreeError) -> Bool {
        guard Files.kind(of: tree.path) == nil else {
            throw WorktreeError(.inspect, tree.path.description, .exists)
        }
        let registration = tree.registration(in: layout.commonDirectory)
        guard !tree.name.contains("/"), !tree.name.hasPrefix("."),
            Repository.isValidReferenceName("refs/worktrees/" + tree.name)
        else { throw WorktreeError(.inspect, tree.name, .invalidName) }
        guard Files.kind(of: registration) == nil else {
            throw WorktreeError(.inspect, registration.description, .exists)
        }
        var branchExists = false
        if let branch = tree.branch {
            guard branch.hasPrefix("refs/heads/"), Repository.isValidReferenceName(branch) else {
                throw WorktreeError(.inspect, branch, .invalidName)
            }
            let found = try WorktreeError.during(.inspect, branch) { try target(of: branch) }
            branchExists = found != nil
            guard !branchExists || adoptingBranch && found == tree.base else {
                throw WorktreeError(.inspect, branch, .exists)
            }
        }
        _ = try WorktreeError.during(.base, tree.base.description) { try commit(tree.base) }
        try checkRoom(for: tree.base, at: Files.nearestFolder(to: tree.path))
        return branchExists
    }

    /// Compares what is free with what the tree will need.
    private func checkRoom(for base: ObjectID, at folder: AbsolutePath) throws(WorktreeError) {
        let shortage = try WorktreeError.during(.inspect, folder.description) {
            try room(forTreeOf: base).shortage(
                for: 1, in: TreeRoom.Free(at: folder), reserve: false)
        }
        if let shortage { throw WorktreeError(.inspect, folder.description, shortage) }
    }

    /// Makes the folders above the tree, for their owner alone; returns those that were not there.
    func makeParents(of tree: Worktree) throws(WorktreeError) -> [AbsolutePath] {
        var missing: [AbsolutePath] = []
        var folder = tree.path.parent
        while Files.kind(of: folder, followingLinks: true) == nil, folder.parent != folder {
            missing.insert(folder, at: 0)
            folder = folder.parent
        }
        try WorktreeError.during(.inspect, tree.path.parent.description) {
            try Files.makeFolder(tree.path.parent, mode: 0o700)
        }
        return missing
    }

    /// Creates the branch at the base; it must not exist. No upstream, nothing in the configuration.
    func createBranch(of tree: Worktree) throws(WorktreeError) {
        guard let branch = tree.branch else { return }
        try retryingContention { () throws(WorktreeError) in
            try WorktreeError.during(.branch, branch) {
                try createReference(
                    branch, at: tree.base, reason: "branch: Created from \(tree.base)")
            }
        }
    }

    /// Registers the tree with libgit2, locks it, and makes the folder; no file is written yet.
    func register(_ tree: Worktree) throws(WorktreeError) {
        try retryingContention { () throws(WorktreeError) in
            do throws(WorktreeError) {
                try WorktreeError.during(.register, tree.name) { try addWorktree(tree) }
            } catch {
                removeFailedRegistration(of: tree)
                throw error
            }
        }
    }

    private func addWorktree(_ tree: Worktree) throws {
        // libgit2 makes this one exclusively, so that two makers would collide.
        try Files.makeFolder(layout.commonDirectory.appending("worktrees"), mode: 0o777)
        // libgit2 knows no detached trees: one starts on a branch that is gone a moment later.
        let detached = Repository.starts + tree.name
        if tree.branch == nil {
            try removeStart(of: tree.name)
            try createReference(detached, at: tree.base, reason: "worktree: start")
        }
        defer {
            // A leftover is taken away before the next tree of that name, and when its run is resumed.
            if tree.branch == nil { try? deleteBranch(detached, at: tree.base) }
        }
        try addWithLibrary(tree, reference: tree.branch ?? detached)
        let registration = tree.registration(in: layout.commonDirectory)
        try Files.replace(registration.appending("locked"), with: (tree.lockReason + "\n").utf8)
        // As git writes it: a repository that is moved keeps its trees.
        try Files.replace(registration.appending("commondir"), with: "../..\n".utf8)
        if tree.branch == nil {
            try Files.replace(registration.appending("HEAD"), with: "\(tree.base)\n".utf8)
        }
        try startHeadLog(of: tree, in: registration)
        try copyWorktreeConfiguration(to: registration)
    }

    /// Branches on which detached trees start, with the trees' names behind.
    static let starts = "refs/heads/treeguild-detached/"

    /// Names of trees that were being made on a branch for a moment, or whose making was cut off then.
    package func startedTrees() throws(GitError) -> [String] {
        try references(under: Repository.starts).map {
            String($0.name.dropFirst(Repository.starts.count))
        }
    }

    /// Takes away the branch that a making left which was cut off; nobody may be making that tree.
    package func removeStart(of tree: String) throws(GitError) {
        let name = Repository.starts + tree
        guard let target = try target(of: name) else { return }
        try deleteReference(name, at: target)
    }

    private func addWithLibrary(_ tree: Worktree, reference name: String) throws(GitError) {
        let pointer = handle.pointer
        let reference = try Owned(git_reference_free, "look up ref", name) {
            git_reference_lookup(&$0, pointer, name)
        }
        var options = git_worktree_add_options()
        git_worktree_add_options_init(&options, UInt32(GIT_WORKTREE_ADD_OPTIONS_VERSION))
        // Locked from the first moment: `git worktree prune` takes half-made registrations else.
        options.lock = 1
        options.ref = reference.pointer
        options.checkout_options.checkout_strategy =
            GIT_CHECKOUT_DONT_UPDATE_INDEX.rawValue | GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH.rawValue
        // A path that no tree has: the library need not look at any file.
        let nothing = strdup("\u{1}")
        defer { free(nothing) }
        var paths: [UnsafeMutablePointer<CChar>?] = [nothing]
        try paths.withUnsafeMutableBufferPointer { buffer throws(GitError) in
            options.checkout_options.paths = git_strarray(strings: buffer.baseAddress, count: 1)
            do throws(GitError) {
                _ = try Owned(git_worktree_free, "add worktree", tree.name) {
                    git_worktree_add(&$0, pointer, tree.name, tree.path.description, &options)
                }
            } catch {
                // libgit2 1.5 says so too when another tree goes while it looks through all of them.
                guard error.message.contains("already checked out") else { throw error }
                throw GitError(.locked, error.operation, error.subject, message: error.message)
            }
        }
    }

    /// Begins the reflog of the tree's `HEAD`, so that every commit ever made in it is found again,
    /// whatever the settings of reflogs.
    private func startHeadLog(of tree: Worktree, in registration: AbsolutePath) throws {
        let user = try userIdentity() ?? .fallback
        let line = "\(ObjectID.zero) \(tree.base) \(user.line) \(Timestamp.now.seconds) +0000\t\n"
        try Files.makeFolder(registration.appending("logs"))
        try Files.replace(registration.appending("logs/HEAD"), with: line.utf8)
    }

    /// Takes over the per-worktree settings of the opened worktree as `git worktree add` does:
    /// sparse patterns, and `config.worktree` without what belongs to one worktree alone.
    private func copyWorktreeConfiguration(to registration: AbsolutePath) throws {
        guard let settings = try worktreeSettings() else { return }
        let patterns = layout.gitDirectory.appending("info/sparse-checkout")
        if settings.isSparse, Files.kind(of: patterns) == .file {
            try Files.makeFolder(registration.appending("info"))
            try Files.replace(
                registration.appending("info/sparse-checkout"), with: Files.read(patterns))
        }
        guard let source = settings.file else { return }
        let copy = registration.appending("config.worktree")
        try Files.replace(copy, with: Files.read(source))
        let config = try Owned(git_config_free, "read configuration", copy.description) {
            git_config_open_ondisk(&$0, copy.description)
        }
        for key in ["core.bare", "core.worktree"] {
            let status = git_config_delete_entry(config.pointer, key)
            guard status != GIT_ENOTFOUND.rawValue else { continue }
            try check(status, "write configuration", copy.description)
        }
    }
}
