import Base
import Glibc

extension Repository {
    /// Steps of bringing back, each found done or done now: branch, registration, folder, end of the entry.
    func restore(_ trashed: TrashedTree) throws(WorktreeError) {
        let tree = trashed.tree
        let registration = tree.registration(in: layout.commonDirectory)
        let (folderWaits, registrationWaits) = (
            Files.kind(of: trashed.folder) != nil, Files.kind(of: trashed.registration) != nil
        )
        guard folderWaits || registrationWaits || Files.kind(of: tree.path) != nil else {
            throw WorktreeError(.restore, trashed.entry.description, .missing)
        }
        if folderWaits, Files.kind(of: tree.path) != nil {
            throw WorktreeError(.restore, tree.path.description, .exists)
        }
        if registrationWaits, Files.kind(of: registration) != nil {
            throw WorktreeError(.restore, registration.description, .exists)
        }
        try restoreBranch(of: trashed)
        try WorktreeError.during(.restore, tree.path.description) {
            if registrationWaits {
                try Files.makeFolder(registration.parent)
                try TrashFolder.move(trashed.registration, to: registration)
            }
            if folderWaits {
                try Files.makeFolder(tree.path.parent, mode: 0o700)
                try Files.rename(trashed.folder, to: tree.path)
            }
            try Files.removeFile(trashed.entry.appending(TrashedTree.factsName))
            rmdirIfEmpty(trashed.entry)
        }
    }

    /// Makes the branch that `HEAD` was on again; one that holds something else, or is used elsewhere, is in the way.
    private func restoreBranch(of trashed: TrashedTree) throws(WorktreeError) {
        guard let branch = trashed.headBranch, let head = trashed.head else { return }
        try WorktreeError.during(.restore, branch) {
            if let other = try worktree(on: branch), other != trashed.tree.name {
                throw WorktreeError(.restore, branch, .exists)
            }
            guard let found = try target(of: branch) else {
                return try createReference(branch, at: head, reason: "treeguild: restore")
            }
            guard found == head else {
                throw WorktreeError(
                    .restore, branch,
                    .mismatch(expected: head.description, found: found.description))
            }
        }
    }

    /// Name of the worktree whose `HEAD` is on a branch; empty for the main one, nil for none.
    private func worktree(on branch: String) throws -> String? {
        func isOn(_ folder: AbsolutePath) -> Bool {
            // A worktree without readable HEAD is on no branch.
            guard let bytes = try? Files.read(folder.appending("HEAD"), limit: 4096) else {
                return false
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
                == "ref: \(branch)"
        }
        if layout.mainWorktree != nil, isOn(layout.commonDirectory) { return "" }
        let folder = layout.commonDirectory.appending("worktrees")
        guard Files.kind(of: folder) == .folder else { return nil }
        return try Files.list(folder).first { isOn(folder.appending($0)) }
    }

    func rmdirIfEmpty(_ folder: AbsolutePath) { rmdir(folder.description) }
}
