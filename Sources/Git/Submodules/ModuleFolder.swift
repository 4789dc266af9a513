import Base
import CLibgit2
import Glibc

/// The repository of one submodule of one tree: a folder below that of the tree, borrowing the objects of the
/// main worktree's.
struct ModuleFolder {
    /// `<registration>/modules/<name>`.
    let path: AbsolutePath
    /// Folder of the submodule in the tree.
    let worktree: AbsolutePath
    /// The main worktree's repository of the submodule.
    let source: AbsolutePath

    /// Makes the folder; what an interrupted call left of it goes first. The worktree's `.git` file comes last.
    ///
    /// - Parameter branch: the branch that a clone starts with, and its commit.
    func make(
        at commit: ObjectID, branch: (name: String, id: ObjectID)?, by user: Identity
    ) throws {
        if Files.kind(of: path) != nil { try Files.removeTree(path) }
        for name in ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "logs"] {
            try Files.makeFolder(path.appending(name))
        }
        try Files.create(
            path.appending("objects/info/alternates"),
            with: "\(source.appending("objects"))\n".utf8)
        try Files.create(path.appending("HEAD"), with: "\(commit)\n".utf8)
        let time = Timestamp.now.seconds
        try Files.create(
            path.appending("logs/HEAD"),
            with: "\(ObjectID.zero) \(commit) \(user.line) \(time) +0000\t\n".utf8)
        for name in ["shallow", "info/exclude"]
        where Files.kind(of: source.appending(name)) == .file {
            try Files.create(path.appending(name), with: Files.read(source.appending(name)))
        }
        try copyPackedReferences()
        for name in ["refs/remotes", "refs/tags"] {
            try copyReferences(source.appending(name), to: path.appending(name))
        }
        if let branch {
            let file = path.appending("refs/heads").appending(branch.name)
            try Files.makeFolder(file.parent)
            try Files.create(file, with: "\(branch.id)\n".utf8)
        }
        try writeConfiguration()
        let link = "gitdir: \(ModuleFolder.relative(path, from: worktree))\n"
        try Files.create(worktree.appending(".git"), with: link.utf8)
    }

    /// Names of what was fetched; branches of the main worktree's submodule are not the tree's.
    private func copyPackedReferences() throws {
        let file = source.appending("packed-refs")
        guard Files.kind(of: file) == .file else { return }
        var kept: [UInt8] = []
        var isKept = true
        for line in try Files.read(file).split(separator: UInt8(ascii: "\n")) {
            if line.first != UInt8(ascii: "^") {
                let name = line.dropFirst(41)
                isKept =
                    line.first == UInt8(ascii: "#") || name.starts(with: "refs/remotes/".utf8)
                    || name.starts(with: "refs/tags/".utf8)
            }
            if isKept { kept += line + [UInt8(ascii: "\n")] }
        }
        try Files.create(path.appending("packed-refs"), with: kept)
    }

    private func copyReferences(_ from: AbsolutePath, to: AbsolutePath) throws {
        guard Files.kind(of: from) == .folder else { return }
        try Files.makeFolder(to)
        for name in try Files.list(from) {
            let (old, new) = (from.appending(name), to.appending(name))
            if Files.kind(of: old) == .folder {
                try copyReferences(old, to: new)
            } else if Files.kind(of: old) == .file, !name.hasSuffix(".lock") {
                try Files.create(new, with: Files.read(old, limit: 4096))
            }
        }
    }

    /// The settings of the main worktree's repository, but for what belongs to its worktree alone.
    private func writeConfiguration() throws {
        let file = path.appending("config")
        try Files.create(file, with: Files.read(source.appending("config")))
        let config = try Owned(git_config_free, "read configuration", file.description) {
            git_config_open_ondisk(&$0, file.description)
        }
        for key in [
            "core.sparsecheckout", "core.sparsecheckoutcone", "index.sparse", "core.bare",
            "extensions.worktreeconfig", "core.fsmonitor", "core.splitindex",
        ] {
            let status = git_config_delete_entry(config.pointer, key)
            guard status != GIT_ENOTFOUND.rawValue else { continue }
            try check(status, "write configuration", file.description)
        }
        try check(
            git_config_set_string(
                config.pointer, "core.worktree", ModuleFolder.relative(worktree, from: path)),
            "write configuration", file.description)
    }

    /// A path as seen from a folder, with links resolved.
    static func relative(_ path: AbsolutePath, from folder: AbsolutePath) -> String {
        let (to, from) = (
            Repository.canonical(path).description.split(separator: "/"),
            Repository.canonical(folder).description.split(separator: "/")
        )
        let shared = zip(to, from).prefix { $0 == $1 }.count
        return (from.dropFirst(shared).map { _ in ".." } + to.dropFirst(shared).map(String.init))
            .joined(separator: "/")
    }
}
