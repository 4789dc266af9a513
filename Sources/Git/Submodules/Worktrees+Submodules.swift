package import Base
import CLibgit2

/// A submodule of a tree, as it was found there.
package struct SubmodulePresence: Hashable, Sendable {
    /// From the tree's root.
    package let path: RepositoryPath
    /// Why it is an empty folder; nil when it is set up.
    package let absence: Absence?

    /// Reasons for an empty folder.
    package enum Absence: String, Hashable, Sendable {
        /// The main worktree does not have it either.
        case notInitialised = "not initialised in the main worktree"
        /// `submodule.<name>.update` is `none`.
        case notUpdated = "its update is none"
        /// The commit is in no repository on this machine.
        case commitMissing = "its commit was never fetched"
        /// The tree leaves its folder out.
        case sparse = "left out of the sparse tree"
    }
}

/// Where a level of submodules lies in a tree, and where the main worktree has the same.
struct ModuleLevel: Sendable {
    /// Folder of the level's worktree in the tree.
    let worktree: AbsolutePath
    /// Git directory of the level in the tree.
    let gitDirectory: AbsolutePath
    /// Git directory of the level that the main worktree uses.
    let source: AbsolutePath
    /// The main worktree at this level, for submodules that still hold their repository themselves.
    let sourceWorktree: AbsolutePath?
    /// Path of the level from the tree's root; empty for the tree itself.
    let prefix: RepositoryPath

    /// The main worktree's repository of a submodule; nil when there is none.
    func source(of name: String, at path: RepositoryPath) -> AbsolutePath? {
        let usual = source.appending("modules").appending(name)
        if Files.kind(of: usual.appending("objects"), followingLinks: true) == .folder {
            return usual
        }
        guard let own = sourceWorktree?.appending(path.description).appending(".git"),
            Files.kind(of: own) == .folder
        else { return nil }
        return own
    }

    func module(_ name: String, at path: RepositoryPath, source: AbsolutePath) -> ModuleFolder {
        ModuleFolder(
            path: gitDirectory.appending("modules").appending(name),
            worktree: worktree.appending(path.description), source: source)
    }

    /// The level inside a submodule.
    func inside(_ module: ModuleFolder, at path: RepositoryPath) -> ModuleLevel {
        ModuleLevel(
            worktree: module.worktree, gitDirectory: module.path, source: module.source,
            sourceWorktree: nil,
            prefix: prefix.bytes.isEmpty
                ? path : RepositoryPath(bytes: prefix.bytes + [0x2f] + path.bytes))
    }
}

extension Worktrees {
    /// The submodules of a tree, nested ones too, and whether they are set up.
    package func submodules(
        of tree: Worktree
    ) async throws(WorktreeError) -> [SubmodulePresence] {
        try await eachSubmodule(of: tree) { _, _, _, _ in }
    }

    /// Sets up, without network, the submodules that the main worktree has; those that are there stay as they are.
    ///
    /// Objects are borrowed from the main worktree's repository of each submodule; everything new lies in the
    /// tree's own registration.
    func initialiseSubmodules(of tree: Worktree) async throws(WorktreeError) {
        try await eachSubmodule(of: tree) { module, entry, repository, source in
            guard Files.kind(of: module.worktree.appending(".git")) == nil else { return }
            guard let git = self.git else {
                throw WorktreeError(.files, tree.path.description, .needsGit([entry.path]))
            }
            let user = try await repository.userIdentity() ?? .fallback
            try module.make(
                at: entry.id, branch: try await source.clonedBranch(), by: user)
            try await git.runToSuccess(
                ["read-tree", "--reset", "-u", "HEAD"], in: module.worktree, stage: .files)
        }
    }

    /// Hands over every submodule that can be set up, outer ones first.
    @discardableResult
    private func eachSubmodule(
        of tree: Worktree,
        _ body: (ModuleFolder, SubmoduleEntry, Repository, _ source: Repository) async throws ->
            Void
    ) async throws(WorktreeError) -> [SubmodulePresence] {
        let level = level(of: tree)
        return try await WorktreeError.during(.files, tree.path.description) {
            var found: [SubmodulePresence] = []
            try await visit(level, at: tree.base, in: repository, &found, body)
            return found
        }
    }

    /// The outermost level.
    func level(of tree: Worktree) -> ModuleLevel {
        let layout = repository.layout
        return ModuleLevel(
            worktree: tree.path, gitDirectory: tree.registration(in: layout.commonDirectory),
            source: layout.commonDirectory, sourceWorktree: layout.mainWorktree,
            prefix: RepositoryPath(bytes: []))
    }

    private func visit(
        _ level: ModuleLevel, at commit: ObjectID, in repository: Repository,
        _ found: inout [SubmodulePresence],
        _ body: (ModuleFolder, SubmoduleEntry, Repository, _ source: Repository) async throws ->
            Void
    ) async throws {
        for entry in try await repository.submodules(of: commit) {
            let path =
                level.prefix.bytes.isEmpty
                ? entry.path : RepositoryPath(bytes: level.prefix.bytes + [0x2f] + entry.path.bytes)
            func skip(_ why: SubmodulePresence.Absence) {
                found.append(SubmodulePresence(path: path, absence: why))
            }
            let folder = level.worktree.appending(entry.path.description)
            guard Files.kind(of: folder) == .folder else {
                skip(.sparse)
                continue
            }
            guard try await repository.isActive(entry),
                let source = level.source(of: entry.name, at: entry.path)
            else {
                skip(.notInitialised)
                continue
            }
            guard try await repository.isUpdated(entry) else {
                skip(.notUpdated)
                continue
            }
            guard let inner = try Worktrees.module(at: source), try await inner.contains(entry.id)
            else {
                skip(.commitMissing)
                continue
            }
            let module = level.module(entry.name, at: entry.path, source: source)
            try await body(module, entry, repository, inner)
            let isThere = Files.kind(of: module.worktree.appending(".git")) != nil
            found.append(
                SubmodulePresence(path: path, absence: isThere ? nil : .notInitialised))
            try await visit(
                level.inside(module, at: entry.path), at: entry.id, in: inner, &found, body)
        }
    }

    /// Opens the repository of a submodule; nil when there is another one, further up.
    static func module(at path: AbsolutePath) throws(GitError) -> Repository? {
        let opened = try Repository(at: path)
        return opened.layout.gitDirectory == Repository.canonical(path) ? opened : nil
    }
}

extension Repository {
    /// The branch that a clone of the remote starts with, and where it was last seen.
    fileprivate func clonedBranch() throws -> (name: String, id: ObjectID)? {
        let start = "refs/remotes/origin/"
        let pointer = handle.pointer
        var head: OpaquePointer?
        let status = git_reference_lookup(&head, pointer, start + "HEAD")
        if status == GIT_ENOTFOUND.rawValue { return nil }
        try check(status, "read ref", start + "HEAD")
        defer { git_reference_free(head) }
        guard let text = git_reference_symbolic_target(head) else { return nil }
        let name = String(cString: text)
        guard name.hasPrefix(start), let id = try target(of: name) else { return nil }
        return (String(name.dropFirst(start.count)), id)
    }

    /// True when a ref of this repository, but none that preserves work, leads to the commit.
    func holds(_ id: ObjectID) throws(GitError) -> Bool {
        guard try contains(id) else { return false }
        var tips = try references(under: "refs/").filter {
            !$0.name.hasPrefix("refs/treeguild/")
        }.map(\.id)
        switch try head() {
        case .branch(_, let tip): tips += [tip].compactMap { $0 }
        case .detached(let tip): tips.append(tip)
        }
        for tip in Set(tips) {
            if let commit = try peeledCommit(tip), try isAncestor(id, of: commit) { return true }
        }
        return false
    }
}
