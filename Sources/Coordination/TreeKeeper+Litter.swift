import Base
import Git
import Processes

extension TreeKeeper {
    /// Takes what a program always leaves in a tree's top folder out of the way of the commit, into the records.
    ///
    /// Only untracked names that the base does not have. Returns what could not be taken, in words; nil for nothing.
    func takeLitter(_ patterns: [String], of tree: TreeRecord, key: String) async -> String? {
        guard !patterns.isEmpty else { return nil }
        do {
            let globs = try patterns.map { try Glob($0) }
            let names = try Files.list(tree.path).filter { name in
                globs.contains { $0.matches(RepositoryPath(name)) }
            }
            guard !names.isEmpty else { return nil }
            let repository = try Repository(at: context.layout.commonDirectory)
            let base = try await repository.commit(tree.base).tree
            let tracked = Set(try await repository.entries(of: base).map(\.name))
            // Not where the worker could have put a link.
            let folder = context.folders.records(of: key).appending("litter")
            try Files.makeFolder(folder, mode: 0o700)
            for name in names where !tracked.contains(Array(name.utf8)) {
                try Self.take(tree.path.appending(name), to: folder.appending(name))
            }
            return nil
        } catch {
            return "files of the program itself stay in its tree: \(Self.words(for: error))"
        }
    }

    /// Moves a file or folder; a folder on another file system is a cache that nobody misses.
    private static func take(
        _ source: AbsolutePath, to target: AbsolutePath
    ) throws(FileError) {
        do throws(FileError) {
            try Files.removeTree(target)
            try Files.rename(source, to: target)
        } catch {
            guard error.isOtherFileSystem else { throw error }
            guard Files.kind(of: source) == .file else { return try Files.removeTree(source) }
            try Files.replace(target, with: try Files.read(source, limit: 1 << 30), mode: 0o600)
            try Files.removeFile(source)
        }
    }
}
