import Base
import Git
import Processes
import Tasks

/// What a tree gets before its worker: files of the main worktree, and commands.
struct TreeSetup: Sendable {
    let setup: Setup
    /// The user's files; nil in a bare repository.
    let source: AbsolutePath?
    let git: GitProgram?
    /// Ignored files that builds make need not be remembered.
    let isBuildOutput: @Sendable (RepositoryPath) -> Bool

    /// Why a set-up failed, for people.
    struct Failure: Error {
        let message: String
    }

    /// Copies files and runs the commands; returns what is there now that git does not track, with its SHA-256.
    ///
    /// - Parameter run: runs one shell command in the tree to its end.
    func perform(
        in tree: AbsolutePath, run: (String, Int) async throws -> WorkerEnd
    ) async throws -> [String: String] {
        var provided = try await copy(into: tree)
        for (index, command) in setup.run.enumerated() {
            let end = try await run(command, index)
            guard end.isSuccess else {
                throw Failure(message: "set-up command '\(command)' failed: \(end.message)")
            }
        }
        if !setup.run.isEmpty {
            for path in try await untracked(in: tree, arguments: []) where !isBuildOutput(path) {
                provided[path.description] = TreeSetup.digest(of: path, in: tree)
            }
        }
        return provided
    }

    private func copy(into tree: AbsolutePath) async throws -> [String: String] {
        guard let source else { return [:] }
        var provided: [String: String] = [:]
        for path in try await wanted(in: source) {
            guard try TreeSetup.copy(path, from: source, to: tree) else { continue }
            provided[path.description] = TreeSetup.digest(of: path, in: tree)
        }
        return provided
    }

    /// Untracked files that the plan's patterns name, and ignored ones that `.worktreeinclude` names.
    private func wanted(in source: AbsolutePath) async throws -> [RepositoryPath] {
        var paths: Set<RepositoryPath> = []
        if !setup.copy.isEmpty {
            paths = Set(
                try await untracked(in: source, arguments: []).filter { path in
                    setup.copy.contains { $0.matches(path) }
                })
        }
        let include = source.appending(".worktreeinclude")
        if Files.kind(of: include) == .file {
            let ignored = Set(
                try await untracked(in: source, arguments: ["--ignored", "--exclude-standard"]))
            let named = try await untracked(
                in: source, arguments: ["--ignored", "--exclude-from=\(include)"])
            paths.formUnion(named.filter { ignored.contains($0) })
        }
        return paths.sorted()
    }

    private func untracked(
        in folder: AbsolutePath, arguments: [String]
    ) async throws -> [RepositoryPath] {
        guard let git else {
            throw Failure(message: "the git program is needed to find the files to copy")
        }
        let output = try await git.run(["ls-files", "--others", "-z"] + arguments, in: folder)
        guard output.ending.isSuccess else {
            throw Failure(message: "git ls-files failed: \(output.errorText)")
        }
        return output.output.split(separator: 0).map { RepositoryPath(bytes: $0) }
    }

    /// Copies one regular file or link; false where something is there already or it is of another kind.
    ///
    /// A link is copied as a link, and no folder on the way may be one: nothing is followed out.
    private static func copy(
        _ path: RepositoryPath, from source: AbsolutePath, to tree: AbsolutePath
    ) throws -> Bool {
        guard let text = String(validating: path.bytes, as: UTF8.self) else { return false }
        let (from, to) = (source.appending(text), tree.appending(text))
        guard Files.kind(of: to) == nil,
            try Files.resolve(from.parent).isInside(try Files.resolve(source))
        else { return false }
        try Files.makeFolder(to.parent)
        guard try Files.resolve(to.parent).isInside(try Files.resolve(tree)) else { return false }
        switch Files.kind(of: from) {
        case .file: try Files.copyFile(from, to: to)
        case .link: try Files.copyLink(from, to: to)
        default: return false
        }
        return true
    }

    private static func digest(of path: RepositoryPath, in tree: AbsolutePath) -> String? {
        let file = tree.appending(path.description)
        switch Files.kind(of: file) {
        // What cannot be read is not remembered, and so counts as somebody's work later.
        case .file: return (try? Files.read(file)).map { Digest.sha256($0).hexadecimal }
        case .link: return (try? Files.linkTarget(file)).map { Digest.sha256($0).hexadecimal }
        default: return nil
        }
    }
}

/// Ignored files that builds make again: no work is lost with them.
enum BuildOutputs {
    /// Names of folders and files that common build tools write, as patterns.
    static let patterns = [
        "**/node_modules", "**/target", "**/.build", "**/build", "**/dist", "**/out",
        "**/__pycache__", "**/.venv", "**/venv", "**/.tox", "**/.mypy_cache", "**/.pytest_cache",
        "**/.ruff_cache", "**/.gradle", "**/.next", "**/.nuxt", "**/.cache", "**/coverage",
        "**/.coverage", "**/*.egg-info", "**/.swiftpm", "**/DerivedData", "**/.parcel-cache",
        "**/.turbo", "**/*.o", "**/*.a", "**/*.so", "**/*.obj", "**/*.class", "**/*.pyc",
        "**/*.log", "**/*.tmp", "**/.DS_Store",
    ]

    /// The test for a run: the built-in patterns and those of plan and settings.
    static func test(adding globs: [Glob]) -> @Sendable (RepositoryPath) -> Bool {
        // Built-in patterns are valid; one that were not would only keep more.
        let all = patterns.compactMap { try? Glob($0) } + globs
        return { path in all.contains { $0.matches(path) } }
    }
}
