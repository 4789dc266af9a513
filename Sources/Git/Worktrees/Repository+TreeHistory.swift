import Base
import CLibgit2

/// What a tree's own refs and reflog lead to.
extension Repository {
    /// Names below a worktree's git directory that lead to commits while git is at something.
    private static let pseudoReferences = [
        "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "ORIG_HEAD",
        "BISECT_EXPECTED_REV", "rebase-merge/orig-head", "rebase-apply/orig-head",
        "rebase-merge/stopped-sha",
    ]

    private static let markers: [(String, OperationInProgress)] = [
        ("MERGE_HEAD", .merge), ("rebase-merge", .rebase), ("rebase-apply/rebasing", .rebase),
        ("rebase-apply/applying", .mailbox), ("CHERRY_PICK_HEAD", .cherryPick),
        ("REVERT_HEAD", .revert), ("BISECT_LOG", .bisect), ("sequencer", .sequence),
    ]

    /// Operations in progress.
    func inspectOperations(into state: inout TreeState) {
        for (name, operation) in Repository.markers
        where Files.kind(of: layout.gitDirectory.appending(name)) != nil {
            if !state.inProgress.contains(operation) { state.inProgress.append(operation) }
        }
    }

    /// Operations in progress, refs of this tree alone, commits that only its reflog leads to, stashes.
    func inspectHistory(of tree: Worktree, into state: inout TreeState) {
        inspectOperations(into: &state)
        do {
            state.references = try worktreeReferences()
            let logged = try headLog()
            let candidates = logged.ids + state.references.map(\.id)
            state.unreachable = try unreachable(candidates, of: tree, head: state.head)
            let stashes = try stashes(of: tree, madeOn: Set(logged.ids), since: logged.start)
            if !stashes.isEmpty { state.findings.append(.stashes(stashes)) }
        } catch {
            state.fail("refs and reflog", error)
        }
    }

    /// Refs and pseudo-refs that lie in this worktree's own git directory.
    private func worktreeReferences() throws -> [WorktreeReference] {
        var found: [WorktreeReference] = []
        for name in Repository.pseudoReferences {
            let file = layout.gitDirectory.appending(name)
            guard Files.kind(of: file) == .file else { continue }
            let text = String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self)
            for line in text.split(whereSeparator: \.isWhitespace) {
                guard let id = ObjectID(line) else {
                    if name == "rebase-merge/stopped-sha" { continue }  // May be abbreviated.
                    throw GitError(.corrupt, "read ref", name)
                }
                found.append(WorktreeReference(name: name, id: id))
            }
        }
        func visit(_ folder: AbsolutePath, _ prefix: String) throws {
            for name in try Files.list(folder) {
                let file = folder.appending(name)
                if Files.kind(of: file) == .folder {
                    try visit(file, prefix + name + "/")
                } else {
                    // libgit2 looks for most of these in the common directory.
                    let text = String(decoding: try Files.read(file, limit: 4096), as: UTF8.self)
                    guard let id = ObjectID(text.prefix(40)) else {
                        throw GitError(.corrupt, "read ref", prefix + name)
                    }
                    found.append(WorktreeReference(name: prefix + name, id: id))
                }
            }
        }
        let folder = layout.gitDirectory.appending("refs")
        if Files.kind(of: folder) == .folder { try visit(folder, "refs/") }
        return found
    }

    /// Every commit that `HEAD` of this worktree ever was, and the second of the first entry.
    private func headLog() throws -> (ids: [ObjectID], start: Int64) {
        let file = layout.gitDirectory.appending("logs/HEAD")
        guard Files.kind(of: file) == .file else {
            throw GitError(.notFound, "read reflog", file.description)
        }
        let pointer = handle.pointer
        let log = try Owned(git_reflog_free, "read reflog", "HEAD") {
            git_reflog_read(&$0, pointer, "HEAD")
        }
        var ids: [ObjectID] = []
        var start = Int64.max
        var known: Set<ObjectID> = [.zero]
        for at in 0..<git_reflog_entrycount(log.pointer) {
            guard let entry = git_reflog_entry_byindex(log.pointer, at) else { continue }
            if let when = git_reflog_entry_committer(entry)?.pointee.when.time {
                start = min(start, when)
            }
            for raw in [git_reflog_entry_id_new(entry), git_reflog_entry_id_old(entry)] {
                guard let raw else { continue }
                let id = ObjectID(raw.pointee)
                if known.insert(id).inserted { ids.append(id) }
            }
        }
        return (ids, start)
    }

    /// Those commits that neither the branch, nor `HEAD`, nor the base leads to; without those that another of them leads to.
    private func unreachable(
        _ candidates: [ObjectID], of tree: Worktree, head: ObjectID?
    ) throws(GitError) -> [ObjectID] {
        var tips = [tree.base]
        if let head { tips.append(head) }
        if let branch = tree.branch, let tip = try target(of: branch) { tips.append(tip) }
        var own: Set<ObjectID> = Set(tips)
        for tip in Set(tips) where tip != tree.base {
            own.formUnion(try commits(from: tip, notIn: tree.base))
        }
        var found: [ObjectID] = []
        for id in candidates where !own.contains(id) && !found.contains(id) {
            guard let commit = try peeledCommit(id) else {
                // Not a commit, so nothing can lead to it.
                found.append(id)
                continue
            }
            var isReachable = false
            for tip in tips + found where !isReachable {
                guard try isCommit(tip) else { continue }
                isReachable = try isAncestor(commit, of: tip)
            }
            if !isReachable { found.append(id) }
        }
        return found
    }

    /// The commit that an object is or, as a tag, names; nil for trees and blobs.
    func peeledCommit(_ id: ObjectID) throws(GitError) -> ObjectID? {
        var raw = id.raw
        let pointer = handle.pointer
        let object = try Owned(git_object_free, "read object", id.description) {
            git_object_lookup(&$0, pointer, &raw, GIT_OBJECT_ANY)
        }
        var commit: OpaquePointer?
        let status = git_object_peel(&commit, object.pointer, GIT_OBJECT_COMMIT)
        guard status == 0, let commit else { return nil }
        defer { git_object_free(commit) }
        return ObjectID(git_object_id(commit).pointee)
    }

    private func isCommit(_ id: ObjectID) throws(GitError) -> Bool {
        try peeledCommit(id) == id
    }

    /// Stashes whose messages name the tree's branch; without one, those made since on a commit that `HEAD` was on.
    private func stashes(
        of tree: Worktree, madeOn commits: Set<ObjectID>, since start: Int64
    ) throws(GitError) -> [ObjectID] {
        guard try target(of: "refs/stash") != nil else { return [] }
        let pointer = handle.pointer
        let log = try Owned(git_reflog_free, "read reflog", "refs/stash") {
            git_reflog_read(&$0, pointer, "refs/stash")
        }
        let place = tree.shortBranch ?? "(no branch)"
        var found: [ObjectID] = []
        for at in 0..<git_reflog_entrycount(log.pointer) {
            guard let entry = git_reflog_entry_byindex(log.pointer, at),
                let message = git_reflog_entry_message(entry).map({ String(cString: $0) }),
                let raw = git_reflog_entry_id_new(entry),
                message.hasPrefix("WIP on \(place):") || message.hasPrefix("On \(place):")
            else { continue }
            let id = ObjectID(raw.pointee)
            if tree.branch == nil {
                let stash = try commit(id)
                guard let parent = stash.parents.first, commits.contains(parent),
                    stash.time >= start
                else { continue }
            }
            found.append(id)
        }
        return found
    }
}
