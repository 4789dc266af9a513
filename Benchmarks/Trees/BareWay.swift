import Base
import Glibc

/// The system calls that cannot be spared, with names and contents at hand: the file system's limit.
struct BareWay: TreeWay {
    let content: BareContent
    let threads: Int

    var name: String { threads == 1 ? "bare calls, one thread" : "bare calls, \(threads) threads" }
    var makesWorktrees: Bool { false }
    var isGit: Bool { false }

    func make(_ trees: [AbsolutePath]) async throws {
        try await onThreads(trees) { try content.write(to: $0) }
    }

    func reset(_ trees: [AbsolutePath]) {}

    func remove(_ trees: [AbsolutePath]) async throws {
        try await onThreads(trees) { try Files.removeTree($0) }
    }

    /// Every thread takes every so-many-th tree; one tree is one thread's.
    private func onThreads(
        _ trees: [AbsolutePath], _ body: @escaping @Sendable (AbsolutePath) throws -> Void
    ) async throws {
        let count = threads
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<min(count, trees.count) {
                let lane = BareLane()
                group.addTask {
                    try await lane.run {
                        for at in stride(from: thread, to: trees.count, by: count) {
                            try body(trees[at])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// A thread of its own, as the pool's must not block.
private actor BareLane {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }
    nonisolated private let lane = Lane(label: "bare")

    func run(_ body: @Sendable () throws -> Void) throws { try body() }
}

/// Names and contents of a tree, ready for the system calls.
struct BareContent: Sendable {
    private let folders: [[CChar]]
    private let files: [(name: [CChar], mode: mode_t, bytes: [UInt8])]

    /// Reads the files of a main worktree; links are left out.
    init(of repository: MadeRepository) throws {
        var known: Set<String> = []
        var folders: [String] = []
        var files: [(name: [CChar], mode: mode_t, bytes: [UInt8])] = []
        for name in repository.files {
            let path = repository.path.appending(name)
            guard Files.kind(of: path) == .file else { continue }
            var missing: [String] = []
            var above = name[..<(name.lastIndex(of: "/") ?? name.startIndex)]
            while !above.isEmpty, known.insert(String(above)).inserted {
                missing.append(String(above))
                above = above[..<(above.lastIndex(of: "/") ?? above.startIndex)]
            }
            folders += missing.reversed()
            let mode: mode_t = access(path.description, X_OK) == 0 ? 0o777 : 0o666
            files.append((Array(name.utf8CString), mode, try Files.read(path)))
        }
        self.folders = folders.map { Array($0.utf8CString) }
        self.files = files
    }

    /// Makes the folder and all below it.
    func write(to path: AbsolutePath) throws {
        guard mkdir(path.description, 0o777) == 0 else {
            throw FileError("mkdir", path.description)
        }
        let root = open(path.description, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(root) }
        for folder in folders where mkdirat(root, folder, 0o777) != 0 {
            throw FileError("mkdir", path.description)
        }
        for file in files {
            let descriptor = openat(
                root, file.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file.mode)
            guard descriptor >= 0 else { throw FileError("create", path.description) }
            defer { close(descriptor) }
            let written = file.bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            var status = stat()
            guard written == file.bytes.count, fstat(descriptor, &status) == 0 else {
                throw FileError("write", path.description)
            }
        }
    }
}
