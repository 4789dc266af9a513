import Base
import CLibgit2
import Glibc

/// One tree's index file in the making.
///
/// Threads put stat data of different entries in at the same time; nothing else is written then.
struct IndexFile: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer

    init(_ template: IndexTemplate) {
        bytes = .allocate(byteCount: template.bytes.count, alignment: 8)
        bytes.copyBytes(from: template.bytes)
    }

    deinit { bytes.deallocate() }

    /// Fills in what git compares before it reads a file.
    func take(_ status: stat, for entry: IndexTemplate.Entry) {
        let words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
            UInt32(truncatingIfNeeded: status.st_ctim.tv_sec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_ctim.tv_nsec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_mtim.tv_sec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_mtim.tv_nsec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_dev).bigEndian,
            UInt32(truncatingIfNeeded: status.st_ino).bigEndian
        )
        withUnsafeBytes(of: words) { copy($0, to: entry.offset) }
        let owner: (UInt32, UInt32, UInt32) = (
            status.st_uid.bigEndian, status.st_gid.bigEndian,
            UInt32(truncatingIfNeeded: status.st_size).bigEndian
        )
        withUnsafeBytes(of: owner) { copy($0, to: entry.offset + 28) }
    }

    /// What was filled in, as far as it tells one state of a file from another.
    func stamp(of entry: IndexTemplate.Entry) -> WrittenFiles.Stamp {
        func word(_ at: Int) -> UInt32 {
            UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: entry.offset + at, as: UInt32.self))
        }
        return WrittenFiles.Stamp(
            device: word(16), inode: word(20), seconds: word(0), nanoseconds: word(4))
    }

    private func copy(_ source: UnsafeRawBufferPointer, to offset: Int) {
        guard let start = bytes.baseAddress, let from = source.baseAddress else { return }
        (start + offset).copyMemory(from: from, byteCount: source.count)
    }

    /// Writes the file in one step, under git's own lock of it.
    func write(to path: AbsolutePath) throws(FileError) {
        let lock = path.parent.appending(path.name + ".lock")
        let file = open(
            lock.description, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw FileError("create", lock.description) }
        do throws(FileError) {
            defer { close(file) }
            try IndexFile.write(UnsafeRawBufferPointer(bytes), to: file, path)
            // Fails where OpenSSL has no SHA-1.
            guard let hash = try? SHA1.hash(UnsafeRawBufferPointer(bytes)) else {
                throw FileError("hash", lock.description, code: ENOTSUP)
            }
            try Files.write(hash, to: file, path: lock.description)
        } catch {
            unlink(lock.description)
            throw error
        }
        try Files.rename(lock, to: path)
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: AbsolutePath
    ) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno != EINTR { throw FileError("write", path.description) }
            done += max(count, 0)
        }
    }
}
