import Base
import CLibgit2
import Glibc

/// Files that git takes for unchanged although a tree made anew would have other bytes there: line ends, expanded
/// keywords, modes that `core.fileMode` tells it to overlook.
struct UnfilteredFiles {
    /// As they are on disk.
    fileprivate(set) var items: [RepositoryPath: TreeItem] = [:]
    /// Bytes that were stored for them.
    fileprivate(set) var stored = 0
    /// True when there were more than the limit.
    fileprivate(set) var isTooMuch = false

    /// Begins the line of a preserved commit's message that names the parent with these files.
    static let trailer = "Unfiltered: "

    /// A commit of these files alone, for a parent of the preserved one; nil without any.
    ///
    /// Its time is that of `HEAD`, so that a second call finds that it has nothing new.
    func commit(
        for subject: String, on head: ObjectID, in repository: isolated Repository
    ) throws -> ObjectID? {
        guard !items.isEmpty else { return nil }
        var edit = TreeEdit()
        for (path, item) in items { edit.set(path, to: item) }
        guard let tree = try edit.apply(to: nil, in: repository) else { return nil }
        return try repository.writeCommit(
            tree: tree, parents: [head], author: try repository.userIdentity() ?? .fallback,
            time: Timestamp(milliseconds: try repository.commit(head).time * 1000),
            message: "Files of \(subject) that filters would change")
    }

    /// The parent of a preserved commit that holds such files.
    static func commit(of preserved: Commit) -> ObjectID? {
        let line = preserved.message.split(separator: "\n").last { $0.hasPrefix(trailer) }
        guard let id = line.flatMap({ ObjectID(String($0.dropFirst(trailer.count))) }) else {
            return nil
        }
        return preserved.parents.contains(id) ? id : nil
    }
}

extension Repository {
    /// Stores the unfiltered files of a tree.
    ///
    /// What only git can filter is stored whatever it holds, as long as the limit allows; beyond it, git's word that
    /// it is unchanged counts.
    /// - Parameters:
    ///   - changed: what is preserved already, with what it holds; nil is deleted.
    ///   - limit: bytes that may be stored.
    func storeUnfiltered(
        head: ObjectID, changed: [RepositoryPath: TreeItem?], below root: Int32, limit: Int
    ) throws -> UnfilteredFiles {
        let index = try Index(at: plainIndex ?? layout.gitDirectory.appending("index"))
        // Attributes are looked up in it.
        if plainIndex != nil { git_repository_set_index(handle.pointer, index.pointer) }
        let committed = try files(of: commit(head).tree)
        let name = Array(".gitattributes".utf8)
        // Whatever filtered the files on disk, those of a new tree are filtered as `HEAD` says.
        let hasOtherRules = changed.keys.contains {
            $0.components.last?.elementsEqual(name) == true
        }
        let overlooks = try ["core.filemode", "core.symlinks"].contains {
            try configuration($0).map(Repository.isTrue) == false
        }
        var found = UnfilteredFiles()
        guard try hasOtherRules || overlooks || mayFilter(index) else { return found }
        for file in committed {
            guard let item = file.new, item.mode != .submodule else { continue }
            if let change = changed[file.path] {
                // What was staged otherwise, and put back.
                if change == item { found.items[file.path] = item }
                continue
            }
            let rule = try hasOtherRules ? .other : rule(for: file.path)
            if rule == .none, !overlooks { continue }
            try store(file.path, item, rule, below: root, limit: limit, in: &found)
            if found.isTooMuch { break }
        }
        return found
    }

    /// What stands between a file and its blob.
    private enum FilterRule {
        case none, library, git
        /// Not that of the files on disk.
        case other
    }

    private func rule(for path: RepositoryPath) throws -> FilterRule {
        let borrowed = BorrowedRepository(pointer: handle.pointer)
        return try path.terminated.withUnsafeBufferPointer { name in
            guard let name = name.baseAddress else { return .none }
            if try borrowed.needsGitFilter(name) { return .git }
            for mode in [GIT_FILTER_TO_ODB, GIT_FILTER_TO_WORKTREE]
            where try borrowed.isFiltered(name, mode) { return .library }
            return .none
        }
    }

    private func store(
        _ path: RepositoryPath, _ item: TreeItem, _ rule: FilterRule, below root: Int32, limit: Int,
        in found: inout UnfilteredFiles
    ) throws {
        // A sparse tree does not have all, or has something else there.
        guard TreeFile.isFile(path, below: root) else { return }
        let (entry, content) = try TreeFile.read(path, below: root)
        guard let mode = FileMode(of: entry), let bytes = content.bytes else { return }
        let usual = try item.mode == .link && !linksAsLinks() ? .file : item.mode
        let id = try ObjectID.ofBlob(bytes)
        if mode == usual, rule == .none || rule == .library {
            let isFiltered = rule == .library && item.mode.isRegular
            if try isFiltered ? filtered(item.id, for: path) == bytes : id == item.id { return }
        }
        if id != item.id {
            guard found.stored + bytes.count <= limit else {
                found.isTooMuch = rule != .git
                return
            }
            found.stored += bytes.count
            _ = try writeBlob(bytes)
        }
        found.items[path] = TreeItem(mode: mode, id: id)
    }

    /// A blob as a new tree would have it.
    private func filtered(_ id: ObjectID, for path: RepositoryPath) throws -> [UInt8] {
        let borrowed = BorrowedRepository(pointer: handle.pointer)
        let name = path.terminated
        return try blob(id).withUnsafeBytes {
            try borrowed.withFiltered($0, name, to: GIT_FILTER_TO_WORKTREE) { Array($0) }
        }
    }
}

extension Repository {
    /// Puts such files into a tree that was just made, where that has other bytes or another mode.
    func write(unfiltered files: [TreeChange], into tree: Worktree) throws(WorktreeError) {
        try WorktreeError.during(.restore, tree.path.description) {
            let root = try FolderListing.open(tree.path)
            defer { close(root) }
            for file in files {
                guard let item = file.new, item.mode != .submodule else { continue }
                guard FileWriting.isSafe(file.path.bytes) else {
                    throw GitError(.invalid, "write file", file.path.description)
                }
                let bytes = try blob(item.id)
                do {
                    let (entry, content) = try TreeFile.read(file.path, below: root)
                    if FileMode(of: entry) == item.mode, content.bytes == bytes { continue }
                } catch let error as FileError where error.isMissing {}
                try TreeFile.remove(file.path, below: root)
                try TreeFile.create(file.path, below: root, mode: item.mode, bytes: bytes)
            }
        }
    }
}

extension FileMode {
    /// As git would store it; nil for what it does not store.
    init?(of entry: FolderEntry) {
        switch entry.kind {
        case S_IFLNK: self = .link
        case S_IFREG: self = entry.status.st_mode & 0o100 != 0 ? .executable : .file
        default: return nil
        }
    }
}

extension ObjectID {
    /// The name of a blob, without storing it.
    fileprivate static func ofBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        var id = git_oid()
        try check(git_odb_hash(&id, bytes, bytes.count, GIT_OBJECT_BLOB), "hash", "file")
        return ObjectID(id)
    }
}
