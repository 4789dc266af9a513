import Base
import Git
import Merging
import Store

/// What one `treeguild overlap` compares, before trees are made of it.
struct OverlapInputs {
    let place: RunPlace
    private let folder: AbsolutePath
    private let patches: [String]
    private let revision: String?
    /// Whether branches without a common ancestor are compared from nothing.
    private let allowsUnrelated: Bool
    private var branches: [(name: String, head: ObjectID)] = []
    private(set) var worktrees: [ListedWorktree] = []
    private var runBase: ObjectID?

    /// What all are compared with.
    struct Base: Hashable {
        let commit: ObjectID
        /// True for a commit of ours that holds nothing.
        var isEmpty = false
    }

    /// Trees to compare, and what could not be made one.
    struct Sources: Hashable {
        var found: [OverlapReport.Source] = []
        var missing: [OverlapReport.MissingInput] = []
    }

    /// Looks up what the command line names, as it is now.
    init(_ invocation: Invocation, _ place: RunPlace) async throws {
        self.place = place
        folder = invocation.folder
        patches = try Self.once(invocation.values("patch"), in: folder)
        revision = invocation.value("base")
        allowsUnrelated = invocation.has("unrelated")
        try await addBranches(invocation.words)
        if invocation.has("worktrees") { try await addWorktrees() }
        if isEmpty { try await addLatestRun() }
    }

    private static func once(
        _ patches: [String], in folder: AbsolutePath
    ) throws -> [String] {
        var seen: Set<AbsolutePath> = []
        for patch in patches where !seen.insert(AbsolutePath(patch, relativeTo: folder)).inserted {
            throw CommandError(
                .usage, "given_twice", "the patch '\(patch)' is given twice",
                hint: "name every patch once")
        }
        return patches
    }

    private var isEmpty: Bool { branches.isEmpty && worktrees.isEmpty && patches.isEmpty }

    private mutating func addBranches(_ words: [String]) async throws {
        var references: Set<String> = []
        for word in words {
            let reference = try await place.repository.fullName(ofReference: word) ?? word
            guard references.insert(reference).inserted else {
                throw CommandError(
                    .usage, "given_twice", "the branch '\(word)' is given twice",
                    hint: "name every branch once")
            }
            branches.append((word, try await place.repository.commit(named: word)))
        }
    }

    /// The main worktree and all linked ones.
    private mutating func addWorktrees() async throws {
        let program = try gitProgram()
        let folder = place.layout.worktree ?? place.layout.gitDirectory
        worktrees = try await ListedWorktree.all(of: folder, program)
            .filter { !$0.isBare && !$0.isPrunable }
    }

    /// The tasks' branches of the latest run that has any.
    private mutating func addLatestRun() async throws {
        let runs = try await Ledger.openExisting(at: place.state)?.runs() ?? []
        for run in runs where branches.isEmpty {
            let prefix = "refs/heads/treeguild/\(run.id)/"
            for reference in try await place.repository.references(under: prefix) {
                let task = String(reference.name.dropFirst(prefix.count))
                if task != "merged" { branches.append((task, reference.id)) }
            }
            runBase = ObjectID(run.base)
        }
        guard !branches.isEmpty else {
            let why = runs.isEmpty ? "there was no run" : "no run has branches left"
            throw CommandError(
                .usage, "nothing_to_compare",
                "there is nothing to compare: no branch is named, and \(why)",
                hint: "name branches, or give --worktrees or --patch FILE")
        }
    }

    /// The commit to compare with: the one that is named, the run's, or the best that all have in common.
    func base(_ snapshots: WorkSnapshots?) async throws -> Base {
        if let revision { return Base(commit: try await place.repository.commit(named: revision)) }
        if let runBase { return Base(commit: runBase) }
        var heads =
            branches.map { ($0.name, $0.head) }
            + worktrees.compactMap { tree in tree.head.map { (tree.name, $0) } }
        if heads.count == 1, !patches.isEmpty {
            // A single branch has all in common with itself: the patch is taken to be made on what is checked out.
            heads.append(("HEAD", try await place.repository.commit(named: "HEAD")))
        }
        guard let first = heads.first else {
            return Base(commit: try await place.repository.commit(named: "HEAD"))
        }
        if let base = try await place.repository.commonBase(of: heads.map(\.1)) {
            return Base(commit: base)
        }
        if allowsUnrelated, let snapshots {
            return Base(commit: try await snapshots.emptyCommit(), isEmpty: true)
        }
        var stranger = heads[heads.count - 1].0
        for (name, head) in heads.dropFirst()
        where try await place.repository.commonBase(of: [first.1, head]) == nil {
            stranger = name
            break
        }
        throw CommandError(
            .usage, "no_common_ancestor", "'\(first.0)' and '\(stranger)' have no common ancestor",
            hint:
                "name the commit to compare with: --base REV, or compare from nothing: --unrelated")
    }

    /// A place for the trees of worktrees and patches, which the repository then reads from; nil when none is needed.
    func snapshots() async throws -> WorkSnapshots? {
        if worktrees.isEmpty, patches.isEmpty, !allowsUnrelated { return nil }
        let program = try gitProgram()
        let layout = place.layout
        let snapshots = try await BlockingCalls.run {
            try WorkSnapshots(program: program, layout: layout)
        }
        try await place.repository.addObjects(from: snapshots.objects)
        return snapshots
    }

    /// Makes the trees. Patches lie where the command was started.
    ///
    /// - Parameter known: trees of worktrees that need not be looked at again, by their paths.
    func sources(
        _ base: Base, _ snapshots: WorkSnapshots?,
        known: [AbsolutePath: WorkSnapshots.Snapshot] = [:]
    ) async throws -> Sources {
        var sources = Sources()
        sources.found = try await place.repository.sources(of: branches)
        guard let snapshots else { return sources }
        for worktree in worktrees {
            let name = sources.freeName(worktree.name, "worktree")
            try await sources.take(name, head: worktree.head, place.repository) {
                if let known = known[worktree.path] { return known }
                return try await snapshots.work(in: worktree.path)
            }
        }
        for patch in patches {
            let path = AbsolutePath(patch, relativeTo: folder)
            let kind = Files.kind(of: path, followingLinks: true)
            guard kind == .file else {
                throw CommandError(
                    .usage, "no_patch",
                    kind == nil ? "there is no file \(path)" : "\(path) is no regular file",
                    hint: "--patch wants a file that git diff wrote")
            }
            try await sources.take(
                sources.freeName(patch, "patch"), head: nil, place.repository
            ) { try await snapshots.patched(base.commit, with: path) }
        }
        return sources
    }

    private func gitProgram() throws -> GitProgram {
        guard let git = place.git else {
            throw CommandError(
                .notDone, "no_git",
                "worktrees, patches and unrelated histories need the git program, which is not on the PATH",
                hint: "install git 2.39 or later")
        }
        return git
    }
}

extension OverlapInputs.Sources {
    /// The name, or a longer one when it is taken.
    fileprivate func freeName(_ name: String, _ kind: String) -> String {
        let taken = Set(found.map(\.name) + missing.map(\.name))
        let candidates = [name, "\(name) (\(kind))"]
        if let free = candidates.first(where: { !taken.contains($0) }) { return free }
        let number = (2...).first { !taken.contains("\(name) (\(kind) \($0))") }
        return "\(name) (\(kind) \(number ?? 0))"
    }

    /// Adds a snapshot; its head is the commit only where that has the very tree.
    fileprivate mutating func take(
        _ name: String, head: ObjectID?, _ repository: Repository,
        _ make: () async throws -> WorkSnapshots.Snapshot
    ) async throws {
        do {
            switch try await make() {
            case .tree(let tree):
                var commit: ObjectID?
                if let head, try await repository.commit(head).tree == tree { commit = head }
                found.append(.init(name: name, head: commit, tree: tree))
            case .refused(let words):
                missing.append(.init(name: name, reason: words.firstLine))
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            // Its folder may have gone this moment: the others can be compared all the same.
            missing.append(.init(name: name, reason: CommandError(error).message))
        }
    }
}

extension String {
    /// What git said first, without its `error: ` and without advice that is not for us.
    fileprivate var firstLine: String {
        let line = split(separator: "\n").first.map(String.init) ?? "git gave no reason"
        for prefix in ["error: ", "fatal: "] where line.hasPrefix(prefix) {
            let words = line.dropFirst(prefix.count)
            return words.hasPrefix("No valid patches") ? "it holds no change" : String(words)
        }
        return line
    }
}
