import Base
import CLibgit2
import Glibc

/// One pass over a tree's folder against its index; links are never followed.
struct FolderWalk: ~Copyable {
    private let repository: OpaquePointer
    private let index: OpaquePointer
    private let rules: TreeRules
    private let comparison: FileComparison
    private var ignoring: IgnoreRules
    private var seen: [Bool]
    private(set) var state = FolderState()

    /// Both pointers must outlive the walk.
    init(
        repository: OpaquePointer, index: OpaquePointer, rules: TreeRules,
        ignoring: IgnoreRules, comparison: FileComparison
    ) {
        self.repository = repository
        self.index = index
        self.rules = rules
        self.ignoring = ignoring
        self.comparison = comparison
        seen = Array(repeating: false, count: git_index_entrycount(index))
    }

    /// Walks the whole tree; what cannot be read is recorded.
    mutating func run(at root: AbsolutePath, isSparse: Bool) {
        do throws(FileError) {
            let descriptor = try FolderListing.open(root)
            defer { close(descriptor) }
            visit(descriptor, RepositoryPath(bytes: []), Place())
            findDeleted(in: descriptor, isSparse: isSparse)
        } catch {
            state.unreadable.append(error)
        }
    }

    private mutating func findDeleted(in root: Int32, isSparse: Bool) {
        for (position, wasSeen) in seen.enumerated() where !wasSeen {
            guard let entry = git_index_get_byindex(index, position)?.pointee,
                entry.stage == 0
            else { continue }
            let skipped =
                entry.flags_extended & UInt16(GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue) != 0
            // As git has it: where something else lies, the file is no longer one that a sparse tree leaves out.
            var status = stat()
            let isLeftOut =
                isSparse && skipped && fstatat(root, entry.path, &status, AT_SYMLINK_NOFOLLOW) != 0
            if !isLeftOut { state.deleted.append(entry.repositoryPath) }
        }
    }

    /// What holds for all that is untracked in a folder.
    private struct Place {
        /// The folder is ignored.
        var isIgnored = false
        /// A build makes it again.
        var isCovered = false
    }

    private mutating func visit(_ folder: Int32, _ path: RepositoryPath, _ place: Place) {
        let outer = ignoring
        defer { ignoring = outer }
        do throws(FileError) {
            let entries = try FolderListing.entries(of: folder, path: path.description)
            if !place.isIgnored { try readIgnoreFile(among: entries, of: path, in: folder) }
            for entry in entries {
                if path.bytes.isEmpty, entry.isDotGit { continue }
                let child = path.appending(entry.bytes)
                if entry.isFolder {
                    visitFolder(entry, child, in: folder, place)
                } else if let position = position(of: child) {
                    visitTracked(entry, child, at: position, in: folder)
                } else if !place.isCovered {
                    visitUntracked(entry, child, in: folder, place)
                }
            }
        } catch {
            state.unreadable.append(error)
        }
    }

    private mutating func visitFolder(
        _ entry: FolderEntry, _ path: RepositoryPath, in parent: Int32, _ above: Place
    ) {
        var place = above
        place.isIgnored = above.isIgnored || ignoring.ignores(path, isFolder: true)
        place.isCovered =
            above.isCovered || rules.shared.contains(path)
            || place.isIgnored && rules.isBuildOutput(path)
        if place.isCovered, !hasTracked(below: path) { return }
        do throws(FileError) {
            let folder = try FolderListing.open(
                entry.name, in: parent, path: path.description)
            defer { close(folder) }
            if let position = position(of: path),
                git_index_get_byindex(index, position)?.pointee.mode
                    == FileMode.submodule.rawValue,
                let id = git_index_get_byindex(index, position)?.pointee.id
            {
                seen[position] = true
                let inside = try FolderListing.entries(of: folder, path: path.description)
                if inside.contains(where: { $0.isDotGit && $0.kind == S_IFREG }) {
                    state.submodules.append((path, ObjectID(id)))
                } else if !inside.isEmpty {
                    state.nested.append(path)
                }
                return
            }
            var status = stat()
            if fstatat(folder, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0 {
                state.nested.append(path)
                return
            }
            visit(folder, path, place)
        } catch {
            state.unreadable.append(error)
        }
    }

    private mutating func visitTracked(
        _ entry: FolderEntry, _ path: RepositoryPath, at position: Int, in folder: Int32
    ) {
        seen[position] = true
        guard let indexed = git_index_get_byindex(index, position)?.pointee else { return }
        if indexed.stage != 0 {
            // Every side of a conflict; the file is the worker's whatever it holds.
            for other in position..<min(position + 3, seen.count)
            where git_index_get_byindex(index, other)?.pointee.repositoryPath == path {
                seen[other] = true
            }
            state.modified.append(path)
            return
        }
        do {
            switch try comparison.compare(entry, in: folder, with: indexed) {
            case .same:
                // `git add -N`: in the index by name alone.
                let added = UInt16(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue)
                if indexed.flags_extended & added != 0 { state.modified.append(path) }
            case .different:
                if rules.provided[path] == nil || !isAsProvided(entry, path, in: folder) {
                    state.modified.append(path)
                }
            case .onlyGitKnows: state.undecided.append((path, ObjectID(indexed.id)))
            case .special: state.special.append(path)
            }
        } catch let error as FileError {
            state.unreadable.append(error)
        } catch {
            // A filter that failed: its file counts as changed.
            state.modified.append(path)
        }
    }

    /// Reads the folder's `.gitignore`; as git does, from the index where a sparse tree leaves the file out.
    private mutating func readIgnoreFile(
        among entries: [FolderEntry], of path: RepositoryPath, in folder: Int32
    ) throws(FileError) {
        let name = ".gitignore"
        if let entry = entries.first(where: { strcmp($0.name, name) == 0 }) {
            // git does not follow a link of this name.
            guard entry.kind == S_IFREG else { return }
            let content = try FileContent(entry, in: folder, path: path.description)
            ignoring.add(content.bytes ?? [], below: path)
            return
        }
        guard let position = position(of: path.appending(name.utf8)),
            let indexed = git_index_get_byindex(index, position)?.pointee,
            indexed.flags_extended & UInt16(GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue) != 0
        else { return }
        var id = indexed.id
        var blob: OpaquePointer?
        // Without the object there are no rules, and more counts as new.
        guard git_blob_lookup(&blob, repository, &id) == 0 else { return }
        defer { git_blob_free(blob) }
        ignoring.add(
            Array(
                UnsafeRawBufferPointer(
                    start: git_blob_rawcontent(blob), count: Int(git_blob_rawsize(blob)))),
            below: path)
    }

    private mutating func visitUntracked(
        _ entry: FolderEntry, _ path: RepositoryPath, in folder: Int32, _ place: Place
    ) {
        if rules.shared.contains(path) { return }
        guard entry.kind == S_IFREG || entry.kind == S_IFLNK else {
            state.special.append(path)
            return
        }
        if rules.provided[path] != nil {
            if !isAsProvided(entry, path, in: folder) { state.providedChanged.append(path) }
        } else if !place.isIgnored, !ignoring.ignores(path, isFolder: false) {
            state.untracked.append(path)
        } else if !rules.isBuildOutput(path) {
            state.ignored.append(path)
        }
    }

    /// False when the content differs or cannot be read.
    private func isAsProvided(
        _ entry: FolderEntry, _ path: RepositoryPath, in folder: Int32
    ) -> Bool {
        guard let digest = rules.provided[path],
            // What cannot be read counts as changed.
            let content = try? FileContent(entry, in: folder, path: path.description)
        else { return false }
        return content.bytes.map { Digest.sha256(Array($0)) } == digest
    }

    private func position(of path: RepositoryPath) -> Int? {
        var at = 0
        let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
        return git_index_find(&at, index, name) == 0 ? at : nil
    }

    private func hasTracked(below path: RepositoryPath) -> Bool {
        let name = (path.bytes + [UInt8(ascii: "/")]).map { CChar(bitPattern: $0) } + [0]
        return git_index_find_prefix(nil, index, name) == 0
    }
}
