import Base
import Git
import Processes

/// Brings index and files of one worktree from one commit to another, keeping what is not committed.
struct WorktreeUpdate: Sendable {
    let program: GitProgram
    let worktree: LandingWorktree

    /// What a trial found.
    enum Trial {
        case possible
        case inTheWay([RepositoryPath])
        /// Another program writes the index.
        case locked
    }

    /// Tries without changing a file or the index's content.
    func attempt(
        from old: ObjectID, to new: ObjectID, _ changes: [TreeChange], _ repository: Repository
    ) async throws -> Trial {
        // Files that only look changed, by their times, would be in the way otherwise. Its status tells of
        // those that are changed, which is no failure.
        _ = try await run(["update-index", "-q", "--refresh"])
        var paths = try await untracked(in: changes, repository)
        let trial = try await run(["read-tree", "-n", "-m", "-u"] + [old, new].map(\.description))
        if !trial.ending.isSuccess {
            if trial.errorText.contains("index.lock") { return .locked }
            let tracked = try await modified(in: changes, old, new)
            // git stops at the first path that it finds, and says no more of it than its name.
            paths += tracked
            if paths.isEmpty { paths = WorktreeUpdate.paths(namedIn: trial.errorText) }
            guard !paths.isEmpty else { throw failure(["read-tree"], trial) }
        }
        return paths.isEmpty ? .possible : .inTheWay(Set(paths).sorted())
    }

    /// Does it; refuses, changing nothing, where local changes are in the way.
    func perform(from old: ObjectID, to new: ObjectID) async throws {
        let arguments = ["read-tree", "-m", "-u"] + [old, new].map(\.description)
        let output = try await run(arguments)
        guard output.ending.isSuccess else { throw failure(arguments, output) }
    }

    /// Paths to be changed at which index or file hold something else than both commits.
    private func modified(
        in changes: [TreeChange], _ old: ObjectID, _ new: ObjectID
    ) async throws -> [RepositoryPath] {
        let head = try await names(
            ["diff-index", "--cached", "--name-only", "-z", old.description, "--"])
        let files = try await names(["diff-files", "--name-only", "-z", "--"])
        // What the index already has as the landing brings it, git leaves alone.
        let ahead = try await names(
            ["diff-index", "--cached", "--name-only", "-z", new.description, "--"])
        let local = head.union(files).intersection(ahead)
        let changed = Set(changes.map(\.path))
        let folders = Set(changes.flatMap { WorktreeUpdate.folders(above: $0.path) })
        return local.filter { path in
            changed.contains(path) || folders.contains(path)
                || WorktreeUpdate.folders(above: path).contains { changed.contains($0) }
        }
    }

    /// Files that git does not track where the landing brings some: `read-tree` would overwrite the ignored ones.
    private func untracked(
        in changes: [TreeChange], _ repository: Repository
    ) async throws -> [RepositoryPath] {
        let added = changes.filter { $0.old == nil }.map(\.path)
        let found = try await repository.occupied(added, in: worktree.path)
        guard !found.isEmpty else { return [] }
        let tracked = try await names(["ls-files", "-z"])
        return found.filter { !tracked.contains($0) }
    }

    func names(_ arguments: [String]) async throws -> Set<RepositoryPath> {
        let output = try await run(arguments)
        guard output.ending.isSuccess else { throw failure(arguments, output) }
        return Set(output.output.split(separator: 0).map { RepositoryPath(bytes: $0) })
    }

    /// Runs git on this worktree, whatever lies around it.
    func run(_ arguments: [String], input: [UInt8] = []) async throws -> ProgramRun.Output {
        try await program.run(
            ["--git-dir=\(worktree.gitDirectory)", "--work-tree=\(worktree.path)"] + arguments,
            in: worktree.path, input: input)
    }

    func failure(_ arguments: [String], _ output: ProgramRun.Output) -> MergeError {
        .programFailed(arguments: ["git"] + arguments, message: output.errorText)
    }

    private static func folders(above path: RepositoryPath) -> [RepositoryPath] {
        Array(sequence(first: path, next: \.parent).dropFirst())
    }

    /// Paths in single quotes, as git's messages have them.
    static func paths(namedIn message: String) -> [RepositoryPath] {
        message.split(separator: "\n").compactMap { line in
            guard let first = line.firstIndex(of: "'"), let last = line.lastIndex(of: "'"),
                first < last
            else { return nil }
            return RepositoryPath(String(line[line.index(after: first)..<last]))
        }
    }
}

extension Repository {
    /// What lies in the worktree where files are to be put: at the path, below it, or in place of a folder above it.
    func occupied(
        _ paths: [RepositoryPath], in worktree: AbsolutePath
    ) throws(FileError) -> [RepositoryPath] {
        var found: Set<RepositoryPath> = []
        var folders: [RepositoryPath: Files.Kind?] = [:]
        for path in paths {
            let parents = sequence(first: path, next: \.parent).dropFirst().reversed()
            var isReachable = true
            for folder in parents where isReachable {
                let kind =
                    folders[folder] ?? Files.kind(of: worktree.appending(folder.description))
                folders[folder] = kind
                isReachable = kind == .folder
                if let kind, kind != .folder { found.insert(folder) }
            }
            if isReachable { try Self.collect(path, in: worktree, into: &found) }
        }
        return found.sorted()
    }

    private static func collect(
        _ path: RepositoryPath, in worktree: AbsolutePath, into found: inout Set<RepositoryPath>
    ) throws(FileError) {
        let place = worktree.appending(path.description)
        switch Files.kind(of: place) {
        case nil: return
        case .folder:
            for name in try Files.list(place) {
                try collect(path.appending(Array(name.utf8)), in: worktree, into: &found)
            }
        default: found.insert(path)
        }
    }
}
