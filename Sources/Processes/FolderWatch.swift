package import Base
import Glibc

/// Tells that something in folders has changed: inotify, read when asked.
///
/// Not recursive, and names are not kept: who learns that a folder has changed looks at it. Closes with its last
/// owner. All methods return at once, save those that add many folders.
package actor FolderWatch {
    private let lane = Lane(label: "folder-watch")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    private let descriptor: Int32
    private let limit: Int
    private var folders: [Int32: AbsolutePath] = [:]
    private var known: [AbsolutePath: Int32] = [:]

    /// What has happened since the last look.
    package struct Changes: Hashable, Sendable {
        /// Watched folders in which an entry came, went or was written.
        package var folders: Set<AbsolutePath> = []
        /// Folders that have come up in them, not watched yet.
        package var newFolders: Set<AbsolutePath> = []
        /// True when the kernel dropped messages: anything may have changed.
        package var isIncomplete = false

        /// True when nothing has.
        package var isEmpty: Bool { folders.isEmpty && newFolders.isEmpty && !isIncomplete }
    }

    /// Nil when the system grants no watcher.
    ///
    /// - Parameter limit: folders beyond which none is added; the system's own limit may be lower.
    package init?(limit: Int = 20_000) {
        let made = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard made >= 0 else { return nil }
        descriptor = made
        self.limit = limit
    }

    deinit { close(descriptor) }

    /// Watches more folders; false when a limit is reached, and the rest is not watched then. A folder that is gone,
    /// or is no folder, is skipped.
    package func add(_ paths: [AbsolutePath]) -> Bool {
        let mask =
            UInt32(IN_CREATE) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_MODIFY) | UInt32(IN_ATTRIB)
            | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
            | UInt32(IN_DELETE_SELF) | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW)
        for path in paths where known[path] == nil {
            guard known.count < limit else { return false }
            let number = inotify_add_watch(descriptor, path.description, mask)
            if number < 0 {
                if errno == ENOSPC || errno == ENOMEM { return false }
                continue
            }
            folders[number] = path
            known[path] = number
        }
        return true
    }

    /// Takes what has come; never waits.
    ///
    /// - Parameter ignoring: names of entries that say nothing, such as a git folder or a lock.
    package func take(ignoring: @Sendable (String) -> Bool) -> Changes {
        var changes = Changes()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return changes }
            buffer.withUnsafeBytes { raw in
                take(UnsafeRawBufferPointer(rebasing: raw[..<count]), ignoring, into: &changes)
            }
        }
    }

    /// A folder that was moved away is still watched, under a name that is no longer its own.
    private func forget(_ path: AbsolutePath) {
        for (folder, number) in known where folder.isInside(path) || folder == path {
            inotify_rm_watch(descriptor, number)
            folders[number] = nil
            known[folder] = nil
        }
    }

    private func take(
        _ raw: UnsafeRawBufferPointer, _ ignoring: (String) -> Bool, into changes: inout Changes
    ) {
        let header = MemoryLayout<inotify_event>.size
        var at = 0
        while at + header <= raw.count {
            let number = raw.loadUnaligned(fromByteOffset: at, as: Int32.self)
            let mask = raw.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
            let length = Int(raw.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
            let end = min(at + header + length, raw.count)
            let name = String(
                decoding: raw[(at + header)..<end].prefix { $0 != 0 }, as: UTF8.self)
            at += header + length
            if mask & UInt32(IN_Q_OVERFLOW) != 0 { changes.isIncomplete = true }
            guard let folder = folders[number] else { continue }
            if mask & UInt32(IN_IGNORED) != 0 {
                folders[number] = nil
                known[folder] = nil
                continue
            }
            if !name.isEmpty, ignoring(name) { continue }
            changes.folders.insert(folder)
            if mask & UInt32(IN_MOVED_FROM) != 0, mask & UInt32(IN_ISDIR) != 0 {
                forget(folder.appending(name))
            }
            let isNew = mask & (UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)) != 0
            if isNew, mask & UInt32(IN_ISDIR) != 0 {
                changes.newFolders.insert(folder.appending(name))
            }
        }
    }
}
