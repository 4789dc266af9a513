import Base
import TestSupport
import Testing

@testable import Git

/// Two trees of one repository at one commit: one made by us, one by `git worktree add`.
struct TreePair {
    let trees: Worktrees
    let start: AbsolutePath
    let ours: Worktree
    let gits: Worktree

    init(
        _ scratch: borrowing ScratchRepository, start: AbsolutePath, base: String = "HEAD"
    ) async throws {
        self.start = start
        let id = try scratch.git(["rev-parse", base + "^{commit}"], in: start).line
        let commit = try #require(ObjectID(id))
        let folder = scratch.outside.appending("trees")
        func tree(_ name: String) -> Worktree {
            Worktree(
                name: name, path: folder.appending(name), branch: "refs/heads/treeguild/\(name)",
                base: commit, lockReason: name == "ours" ? "treeguild run 1 process 2" : "")
        }
        (ours, gits) = (tree("ours"), tree("gits"))
        trees = Worktrees(in: try Repository(at: start), git: await scratch.gitProgram())
        _ = try await trees.make(ours)
        try scratch.git(
            ["worktree", "add", "-q", "-b", "treeguild/gits", gits.path.description, id], in: start)
    }

    /// What git says of a tree, by question.
    private static let questions: [[String]] = [
        ["status", "--porcelain=v2", "--ignored", "--untracked-files=all"],
        ["ls-files", "-s", "-v"],
        ["ls-files", "-t"], ["rev-parse", "HEAD", "HEAD^{tree}"], ["write-tree"],
        ["config", "--get-regexp", "^core\\.(sparse|auto|bare|worktree)"], ["diff-files"],
        ["rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--is-shallow-repository"],
    ]

    /// Files, modes, index, status and registration are the same.
    func expectAlike(
        _ scratch: borrowing ScratchRepository, _ when: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(
            try snapshot(ours.path) == snapshot(gits.path), "\(when)",
            sourceLocation: sourceLocation)
        for question in TreePair.questions {
            let answers = try [ours, gits].map {
                try scratch.git(question, in: $0.path, allowingFailure: true).line
            }
            #expect(
                answers[0] == answers[1], "\(when): git \(question)", sourceLocation: sourceLocation
            )
        }
        #expect(
            try scratch.git(["status", "--porcelain=v2", "--ignored"], in: ours.path).line == "",
            "\(when)", sourceLocation: sourceLocation)
        let checked = try scratch.git(["fsck", "--connectivity-only"], in: ours.path)
        #expect(
            !checked.line.contains("error") && !checked.line.contains("broken"), "\(when): fsck",
            sourceLocation: sourceLocation)
        #expect(
            try block(ours, scratch) == block(gits, scratch), "\(when): git worktree list",
            sourceLocation: sourceLocation)
    }

    /// What `git worktree list` says of a tree, its own names left out.
    private func block(
        _ tree: Worktree, _ scratch: borrowing ScratchRepository
    ) throws -> [String] {
        let listed = try scratch.git(["worktree", "list", "--porcelain"], in: start).line
        let blocks = listed.split(separator: "\n\n").map { $0.split(separator: "\n") }
        let found = try #require(blocks.first { $0.first == "worktree \(tree.path)" })
        return found.filter { !$0.hasPrefix("locked") }
            .map {
                String($0).replacing(tree.path.description, with: "P").replacing(
                    tree.name, with: "N")
            }
    }

    /// `git worktree lock`, `unlock`, `move`, `repair` and `prune` work on the tree of ours; it ends where it was.
    func expectGitManages(_ scratch: borrowing ScratchRepository) throws {
        let (here, there) = (ours.path.description, ours.path.parent.appending("moved").description)
        let tree = ours
        func worktree(_ words: String...) throws {
            try scratch.git(["worktree"] + words, in: start)
        }
        func refused(_ words: String...) throws -> Bool {
            try scratch.git(["worktree"] + words, in: start, allowingFailure: true).status != 0
        }
        #expect(try refused("remove", here), "it is locked")
        #expect(try refused("lock", here), "it is locked already")
        try worktree("unlock", here)
        try worktree("move", here, there)
        #expect(
            try scratch.git(["status", "--porcelain"], in: AbsolutePath(there, relativeTo: start))
                .line == "")
        try Files.rename(AbsolutePath(there, relativeTo: start), to: tree.path)
        try worktree("repair", here)
        try worktree("prune", "--expire", "now")
        try worktree("lock", "--reason", tree.lockReason, here)
    }

    /// `git worktree remove` takes ours once it is clean, and leaves nothing registered.
    func expectGitRemoves(_ scratch: borrowing ScratchRepository) throws {
        try scratch.git(["worktree", "unlock", ours.path.description], in: start)
        try scratch.git(["worktree", "remove", "--force", ours.path.description], in: start)
        #expect(Files.kind(of: ours.path) == nil)
        let common = try scratch.git(
            ["rev-parse", "--path-format=absolute", "--git-common-dir"], in: start)
        #expect(
            Files.kind(of: AbsolutePath(common.line, relativeTo: start).appending("worktrees/ours"))
                == nil)
    }

    /// Either tree goes to the trash and comes back as it was, index included.
    func expectRetiringIsUndone() async throws {
        for tree in [ours, gits] {
            let before = try snapshot(tree.path)
            let trashed = try await trees.retire(tree, reason: "test")
            #expect(Files.kind(of: tree.path) == nil)
            _ = try await trees.restore(trashed)
            #expect(try snapshot(tree.path) == before)
        }
    }

    /// For both trees, what we find and what `git status` says are the same paths.
    func expectStatusAgrees(
        _ scratch: borrowing ScratchRepository, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for tree in [ours, gits] {
            let status = try GitStatus(scratch, in: tree.path)
            let state = await trees.state(of: tree, rules: TreeRules())
            let found = GitStatus(state)
            #expect(found == status, "\(tree.name)", sourceLocation: sourceLocation)
            #expect(state.findings == [], "\(tree.name)", sourceLocation: sourceLocation)
        }
    }

    /// What we commit is what `git add -A && git write-tree` makes with an index of its own.
    func expectSameCommit(
        _ scratch: borrowing ScratchRepository, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for tree in [ours, gits] {
            let wanted = try scratch.shell(
                """
                index=$(git rev-parse --git-path index); cp "$index" "$index.own"
                GIT_INDEX_FILE="$index.own" git add -A 2>&1 && GIT_INDEX_FILE="$index.own" git write-tree; rm "$index.own"
                """, in: tree.path)
            let result = try await trees.commitWork(
                in: tree, message: "work", identity: .fallback)
            guard case .committed(let commit, leftOut: []) = result else {
                Issue.record("\(tree.name): \(result)", sourceLocation: sourceLocation)
                continue
            }
            #expect(
                try scratch.git(["rev-parse", "\(commit)^{tree}"], in: tree.path).line
                    == wanted.split(separator: "\n").last.map(String.init), "\(tree.name)",
                sourceLocation: sourceLocation)
            #expect(
                try scratch.git(["status", "--porcelain=v2"], in: tree.path).line == "",
                "\(tree.name)", sourceLocation: sourceLocation)
            #expect(
                try scratch.git(["rev-parse", "HEAD"], in: tree.path).line == commit.description)
        }
    }
}

/// Paths by what is the matter with them.
struct GitStatus: Equatable, CustomTestStringConvertible {
    var changed: Set<RepositoryPath> = []
    var deleted: Set<RepositoryPath> = []
    var staged: Set<RepositoryPath> = []
    var unmerged: Set<RepositoryPath> = []
    var untracked: Set<RepositoryPath> = []
    var ignored: Set<RepositoryPath> = []

    /// Asks git, without renames.
    init(_ scratch: borrowing ScratchRepository, in folder: AbsolutePath) throws {
        let words = [
            "status", "--porcelain=v2", "-z", "--no-renames", "--ignored=traditional", "-uall",
        ]
        for record in try scratch.git(words, in: folder).output.split(separator: 0) {
            let fields = record.split(
                separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            func path(after count: Int) -> RepositoryPath {
                RepositoryPath(bytes: fields[count...].joined(separator: [UInt8(ascii: " ")]))
            }
            switch record.first {
            case UInt8(ascii: "1"):
                let (path, letters) = (path(after: 8), Array(fields[1]))
                if letters[0] != UInt8(ascii: ".") { staged.insert(path) }
                if letters[1] == UInt8(ascii: "D") {
                    deleted.insert(path)
                } else if letters[1] != UInt8(ascii: ".") {
                    changed.insert(path)
                }
            case UInt8(ascii: "u"): unmerged.insert(path(after: 10))
            case UInt8(ascii: "?"): untracked.insert(path(after: 1))
            case UInt8(ascii: "!"): ignored.insert(path(after: 1))
            default: break
            }
        }
    }

    /// Translates what we found.
    init(_ state: TreeState) {
        changed = Set(state.folder.modified).subtracting(state.unmerged)
        deleted = Set(state.folder.deleted).subtracting(state.unmerged)
        staged = Set(state.staged).subtracting(state.unmerged)
        unmerged = Set(state.unmerged)
        untracked = Set(state.folder.untracked)
        ignored = Set(state.folder.ignored)
    }

    var testDescription: String {
        "changed \(changed), deleted \(deleted), staged \(staged), unmerged \(unmerged), untracked \(untracked), ignored \(ignored)"
    }
}
