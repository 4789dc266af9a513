package import Base
import CLibgit2
import Glibc
import Synchronization

/// What one tree takes of a file system, about.
package struct TreeRoom: Hashable, Sendable {
    /// Inodes: files and folders.
    package let files: UInt64
    /// Whole blocks.
    package let bytes: UInt64

    /// What a file system has left for an ordinary user.
    package struct Free: Hashable, Sendable {
        /// nil where inodes are made as they are needed.
        package let files: UInt64?
        /// Of the whole file system, quotas apart.
        package let bytes: UInt64

        /// Numbers of any origin.
        package init(files: UInt64?, bytes: UInt64) {
            self.files = files
            self.bytes = bytes
        }

        /// Asks the file system that holds a folder.
        package init(at folder: AbsolutePath) throws(FileError) {
            var status = statvfs()
            guard statvfs(folder.description, &status) == 0 else {
                throw FileError("statvfs", folder.description)
            }
            self.init(
                files: status.f_files > 0 ? UInt64(status.f_favail) : nil,
                bytes: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        }
    }

    /// Numbers of any origin.
    package init(files: UInt64, bytes: UInt64) {
        self.files = files
        self.bytes = bytes
    }

    /// What is too little for so many trees; nil when there is room for all of them.
    ///
    /// - Parameter reserve: a tenth more, and some room for what workers write.
    package func shortage(
        for trees: Int, in free: Free, reserve: Bool
    ) -> WorktreeError.Cause? {
        func needed(_ each: UInt64, least: UInt64) -> UInt64 {
            let (all, isTooMuch) = each.multipliedReportingOverflow(by: UInt64(max(trees, 0)))
            guard !isTooMuch else { return .max }
            guard reserve else { return all }
            return all.addingReportingOverflow(max(all / 10, least)).partialValue
        }
        let (files, bytes) = (needed(files, least: 256), needed(bytes, least: 4 << 20))
        if let available = free.files, available < files {
            return .noInodes(needed: files, available: available)
        }
        return free.bytes < bytes ? .noSpace(needed: bytes, available: free.bytes) : nil
    }
}

extension Repository {
    /// What a tree of a commit takes, by the opened worktree's index where there is one, else by the number of files.
    package func room(forTreeOf commit: ObjectID) throws(GitError) -> TreeRoom {
        let path = layout.gitDirectory.appending("index")
        guard Files.kind(of: path) == .file, let stamp = FileStamp(of: path),
            let room = KnownRoom.of(index: path, stamp)
        else {
            let count = UInt64(try files(of: self.commit(commit).tree).count)
            return TreeRoom(files: count, bytes: count * 4096)
        }
        return room
    }
}

/// What the entries of an index take, counted once as long as the file stays the same: every tree of a run asks.
private struct KnownRoom {
    let path: AbsolutePath
    let stamp: FileStamp
    let room: TreeRoom

    private static let last = Mutex<KnownRoom?>(nil)

    static func of(index path: AbsolutePath, _ stamp: FileStamp) -> TreeRoom? {
        let known = last.withLock { $0 }
        if let known, known.path == path, known.stamp == stamp { return known.room }
        // Only an estimate: an index that cannot be read is as good as none.
        guard let index = try? Index(at: path) else { return nil }
        let room = TreeRoom(index)
        last.withLock { $0 = KnownRoom(path: path, stamp: stamp, room: room) }
        return room
    }
}

extension TreeRoom {
    fileprivate init(_ index: borrowing Index) {
        var (files, bytes): (UInt64, UInt64) = (0, 0)
        var last = UnsafeRawBufferPointer(start: nil, count: 0)
        for at in 0..<index.count {
            let entry = index[at].pointee
            guard let name = entry.path else { continue }
            let whole = UnsafeRawBufferPointer(start: name, count: strlen(name))
            let end = whole.lastIndex(of: UInt8(ascii: "/")) ?? 0
            let folder = UnsafeRawBufferPointer(rebasing: whole[..<end])
            if !folder.isEmpty, !folder.elementsEqual(last) {
                (files, last) = (files + 1, folder)
                bytes += 4096
            }
            files += 1
            // A small file takes a block.
            bytes += (UInt64(entry.file_size) + 4095) & ~4095
        }
        self.init(files: files, bytes: bytes)
    }
}
