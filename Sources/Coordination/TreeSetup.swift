import Base
import Git
import Processes
import Synchronization
import Tasks

/// What a tree gets before its worker: files of the main worktree, and commands.
struct TreeSetup: Sendable {
    let setup: Setup
    /// The user's files; nil in a bare repository.
    let source: AbsolutePath?
    let git: GitProgram?
    let trees: Worktrees
    /// Ignored files that builds make need not be remembered.
    let isBuildOutput: @Sendable (RepositoryPath) -> Bool

    /// Why a set-up failed, for people.
    struct Failure: Error {
        let message: String
    }

    /// What a tree holds after its set-up that is nobody's work.
    struct Provision {
        /// Files that git does not track, with their SHA-256.
        var provided: [String: String]
        /// Paths that are used together with the main worktree.
        var shared: [String] = []
        /// What the plan names and the main worktree has not, in a sentence each.
        var missing: [String] = []
    }

    /// Copies and shares files and runs the commands.
    ///
    /// - Parameters:
    ///   - hasRun: a program has been at work in the tree before, whose files are nobody's work either.
    ///   - run: runs one shell command in the tree to its end, and says where its log is.
    func perform(
        in tree: Worktree, after hasRun: Bool,
        run: (String, Int) async throws -> (WorkerEnd, log: AbsolutePath)
    ) async throws -> Provision {
        var provision = Provision(provided: [:])
        try await copy(into: tree, &provision)
        for shared in setup.share {
            let outcome = try await trees.share(
                shared.path, with: tree, fallback: shared.fallback.sharing)
            guard outcome == .absent else {
                provision.shared.append(shared.path.description)
                continue
            }
            provision.missing.append(
                "setup.share names \(shared.path), and your worktree has nothing there")
        }
        for (index, command) in setup.run.enumerated() {
            let (end, log) = try await run(command, index)
            if end.isInterrupted || end.wasStopped { throw Interrupted() }
            guard end.isSuccess else {
                throw Failure(
                    message: "command '\(command)' failed: \(end.message), log \(log)")
            }
        }
        guard hasRun || !setup.run.isEmpty else { return provision }
        let shared = setup.share.map(\.path)
        for path in try await untracked(in: tree.path, arguments: [])
        where !isBuildOutput(path) && !shared.contains(where: path.isInside) {
            provision.provided[path.description] = TreeSetup.digest(of: path, in: tree.path)
        }
        return provision
    }

    /// Copies untracked files that the plan's patterns name, and ignored ones that `.worktreeinclude` names.
    private func copy(into tree: Worktree, _ provision: inout Provision) async throws {
        let included = try await included()
        let patterns = setup.copy
        guard !included.isEmpty || !patterns.isEmpty else { return }
        let unused = Mutex(Set(patterns.indices))
        let folders = Set(included.flatMap(\.foldersAbove))
        let isOutput = isBuildOutput
        let copied = try await trees.copySetup(
            to: tree,
            entering: { folders.contains($0) || (!patterns.isEmpty && !isOutput($0)) },
            matching: { path in
                let matching = patterns.indices.filter { patterns[$0].matches(path) }
                if !matching.isEmpty { unused.withLock { $0.subtract(matching) } }
                return included.contains(path) || !matching.isEmpty
            })
        provision.provided = Dictionary(
            copied.map { ($0.key.description, $0.value.hexadecimal) },
            uniquingKeysWith: { first, _ in first })
        provision.missing += unused.withLock { $0.sorted() }.map {
            "setup.copy names \(patterns[$0]), and no file of your worktree matches it"
        }
    }

    /// Ignored files that `.worktreeinclude`, written like `.gitignore`, names.
    private func included() async throws -> Set<RepositoryPath> {
        guard let source, Files.kind(of: source.appending(".worktreeinclude")) == .file else {
            return []
        }
        let ignored = try await untracked(
            in: source, arguments: ["--ignored", "--exclude-standard"])
        let named = try await untracked(
            in: source,
            arguments: ["--ignored", "--exclude-from=\(source.appending(".worktreeinclude"))"])
        return Set(ignored).intersection(named)
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

extension SharedPath.Fallback {
    fileprivate var sharing: SharingFallback {
        switch self {
        case .copy: .copy
        case .link: .link
        case .none: .nothing
        }
    }
}

/// Ignored files that builds make again: no work is lost with them.
enum BuildOutputs {
    /// Folders and files that common build tools write, wherever they lie.
    ///
    /// Names and endings and not patterns, because the test is made for every folder of every tree.
    private static let names: Set<[UInt8]> = Set(
        [
            "node_modules", "target", ".build", "build", "dist", "out", "__pycache__", ".venv",
            "venv", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".gradle", ".next",
            ".nuxt", ".cache", "coverage", ".coverage", ".swiftpm", "DerivedData", ".parcel-cache",
            ".turbo", ".DS_Store",
        ].map { Array($0.utf8) })
    private static let endings = [
        ".o", ".a", ".so", ".obj", ".class", ".pyc", ".log", ".tmp", ".egg-info",
    ].map { Array($0.utf8) }

    /// The test for a run: what is built in, and the patterns of plan and settings.
    static func test(adding globs: [Glob]) -> @Sendable (RepositoryPath) -> Bool {
        { path in
            let components = path.components
            return components.contains { names.contains(Array($0)) }
                || components.last.map { name in
                    endings.contains {
                        name.count > $0.count && name.suffix($0.count).elementsEqual($0)
                    }
                } ?? false || globs.contains { $0.matches(path) }
        }
    }
}

extension RepositoryPath {
    /// The folders that hold it, innermost first.
    fileprivate var foldersAbove: [RepositoryPath] {
        Array(sequence(first: self, next: \.parent).dropFirst())
    }
}
