import Base
import CLibgit2
import Glibc
import Synchronization

/// Whether the times of files can be relied on.
enum FileTimes {
    /// True where an index that is older than a file's last change can vouch for it.
    ///
    /// Further writes through a memory map leave no trace until the page was written back, which on `tmpfs` is never.
    static func proveContent(below root: AbsolutePath) -> Bool {
        let type = fileSystemType(of: root)
        return type != nil && type != "tmpfs"
    }

    /// True where the first write to a file that nobody has mapped yet changes its times, by whatever way it comes.
    ///
    /// On `tmpfs` with a memory map it does so only with newer kernels, which is tried once.
    /// - Parameter folder: one of ours, for the trial.
    static func showFirstWrite(below root: AbsolutePath, tryingIn folder: AbsolutePath) -> Bool {
        guard let type = fileSystemType(of: root) else { return false }
        if type != "tmpfs" { return true }
        return memory.withLock { known in
            if let known { return known }
            guard fileSystemType(of: folder) == "tmpfs" else { return false }
            let found = changeWhenMapped(in: folder)
            known = found
            return found
        }
    }

    /// What the kernel does for files in memory; nil: not tried yet.
    private static let memory = Mutex<Bool?>(nil)

    /// Writes through a map of a new file, and looks whether that leaves a trace.
    private static func changeWhenMapped(in folder: AbsolutePath) -> Bool {
        let path = folder.appending("times-" + Digest.random(6).hexadecimal).description
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer {
            unlink(path)
            close(file)
        }
        let size = 4096
        let past = timespec(tv_sec: 1, tv_nsec: 0)
        guard ftruncate(file, size) == 0, futimens(file, [past, past]) == 0 else { return false }
        let map = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let map, map != UnsafeMutableRawPointer(bitPattern: -1) else { return false }
        defer { munmap(map, size) }
        map.storeBytes(of: 1, as: UInt8.self)
        var status = stat()
        return fstat(file, &status) == 0 && status.st_mtim.tv_sec != 1
    }

    /// Name of the type of the file system that holds a path, such as `ext4`; nil when unknown.
    private static func fileSystemType(of path: AbsolutePath) -> Substring? {
        guard let device = Files.device(of: path), let table = AbsolutePath("/proc/self/mountinfo"),
            let bytes = try? Files.read(table)  // nil says it.
        else { return nil }
        let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
        let minor = device & 0xff | (device >> 12) & ~0xff
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, words[2] == "\(major):\(minor)",
                let dash = words.firstIndex(of: "-"), dash + 1 < words.count
            else { continue }
            return words[dash + 1]
        }
        return nil
    }
}
