import Base
import Glibc
import TestSupport
import Testing

@testable import Git

/// Helpers shared by the suites about worktrees.
extension ScratchRepository {
    /// A tree beside the repository, on a branch of its own unless told otherwise.
    func tree(
        _ name: String = "run-task", detached: Bool = false, base: String = "HEAD"
    ) throws -> Worktree {
        Worktree(
            name: name, path: outside.appending("trees").appending(name),
            branch: detached ? nil : "refs/heads/treeguild/\(name)",
            base: try #require(ObjectID(try git("rev-parse", base + "^{commit}"))),
            lockReason: "treeguild run 1 pid 2 start 3")
    }

    func maker() async throws -> Worktrees {
        Worktrees(in: try Repository(at: path), git: await gitProgram())
    }

    func gitProgram() async -> GitProgram? { await GitProgram.find(in: environment) }

    /// Makes a tree as the program would.
    func makeTree(_ name: String = "run-task", detached: Bool = false) async throws -> Worktree {
        try await maker().make(tree(name, detached: detached))
    }

    /// What git prints in a tree.
    func git(in tree: Worktree, _ arguments: String...) throws -> String {
        try git(arguments, in: tree.path).line
    }
}

/// All below a folder but `.git`: path, mode and content, by lstat and read, as one comparable text each.
func snapshot(_ folder: AbsolutePath) throws -> [String] {
    var lines: [String] = []
    func visit(_ descriptor: Int32, _ prefix: String) throws {
        let entries = try FolderListing.entries(of: descriptor, path: prefix)
        for entry in entries.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            if prefix.isEmpty, entry.isDotGit { continue }
            let name = prefix + entry.bytes.hexadecimalName
            let mode = String(entry.status.st_mode, radix: 8)
            if entry.isFolder {
                let child = try FolderListing.open(entry.name, in: descriptor, path: name)
                defer { close(child) }
                lines.append("\(name)/ \(mode)")
                try visit(child, name + "/")
            } else if entry.kind == S_IFLNK {
                var target = [CChar](repeating: 0, count: 4096)
                let count = readlinkat(descriptor, entry.name, &target, target.count)
                lines.append("\(name) -> \(target.prefix(count).map { UInt8(bitPattern: $0) })")
            } else if entry.kind == S_IFREG {
                lines.append("\(name) \(mode) \(try content(entry.name, in: descriptor))")
            } else {
                lines.append("\(name) special")
            }
        }
    }
    let root = try FolderListing.open(folder)
    defer { close(root) }
    try visit(root, "")
    return lines
}

private func content(_ name: [CChar], in folder: Int32) throws -> String {
    let file = openat(folder, name, O_RDONLY)
    guard file >= 0 else {
        throw FileError("open", String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(file, &buffer, buffer.count), count > 0 {
        bytes += buffer[..<count]
    }
    return "\(bytes.count) " + Digest.sha256(bytes).hexadecimal
}

extension [UInt8] {
    /// The name itself where it is plain text, else its bytes.
    var hexadecimalName: String {
        allSatisfy { (0x21..<0x7f).contains($0) }
            ? String(decoding: self, as: UTF8.self) : "x" + hexadecimal
    }
}
