import Base
import Glibc
import Processes

/// Lists the files below a folder; links are never followed, repositories' own folders left out.
struct FileWalk {
    /// A file with what searches need to know.
    struct Found: Sendable {
        /// Below the place.
        let path: [UInt8]
        let size: Int
        /// Nanoseconds after 1970.
        let modified: Int64

        var text: String { String(decoding: path, as: UTF8.self) }
    }

    let place: OpenPlace
    let denials: PathDenials
    /// Whether `.gitignore` counts.
    let honoursIgnores: Bool
    /// Patterns below all `.gitignore` files, such as `info/exclude`.
    var excludes: [IgnoreFile] = []

    private static let ownFolders: Set<[UInt8]> = [
        Array(".git".utf8), Array(".hg".utf8), Array(".svn".utf8), Array(".jj".utf8),
        Array(".bzr".utf8), Array(".sl".utf8),
    ]

    /// One `.gitignore` with how many bytes of a path come before what it judges.
    private struct Level {
        let file: IgnoreFile
        let prefix: Int
    }

    /// Every file below `start`, a path below the place, in the file system's order; one that is
    /// itself a file is found alone. What cannot be read is left out.
    func files(
        below start: String, where wanted: ([UInt8]) -> Bool = { _ in true }
    ) throws(FileError) -> [Found] {
        var levels = excludes.map { Level(file: $0, prefix: 0) }
        var out: [Found] = []
        let path = Array(start.utf8)
        let descriptor = try place.folder.open(start, flags: O_RDONLY | O_NONBLOCK)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            defer { close(descriptor) }
            if status.st_mode & S_IFMT == S_IFREG { out.append(FileWalk.found(path, status)) }
            return out
        }
        if honoursIgnores, !path.isEmpty {
            // What the folders above say holds here too, also that this folder itself is ignored.
            var above: [UInt8] = []
            for part in [[]] + path.split(separator: 0x2f).map(Array.init) {
                if !part.isEmpty { above += (above.isEmpty ? [] : [0x2f]) + part }
                if above.count == path.count { break }
                read(above, into: &levels)
            }
        }
        walk(descriptor, path, &levels, wanted, &out)
        return out
    }

    /// Takes over the descriptor.
    private func walk(
        _ descriptor: Int32, _ path: [UInt8], _ levels: inout [Level],
        _ wanted: ([UInt8]) -> Bool, _ out: inout [Found]
    ) {
        if Task.isCancelled {
            close(descriptor)
            return
        }
        let count = levels.count
        defer { levels.removeLast(levels.count - count) }
        if honoursIgnores { read(path, into: &levels) }
        guard let folder = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        defer { closedir(folder) }
        let parent = dirfd(folder)
        var subfolders: [[UInt8]] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let start = UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self)
                return Array(
                    UnsafeBufferPointer(
                        start: start,
                        count: strlen(UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
                    ))
            }
            if name == [0x2e] || name == [0x2e, 0x2e] { continue }
            var kind = Int32(entry.pointee.d_type)
            var status = stat()
            let terminated = name.map { CChar(bitPattern: $0) } + [0]
            if kind == Int32(DT_UNKNOWN) {
                guard fstatat(parent, terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    continue
                }
                kind = Int32((status.st_mode & S_IFMT) >> 12)
            }
            let isFolder = kind == Int32(DT_DIR)
            guard isFolder || kind == Int32(DT_REG) else { continue }
            let child = path.isEmpty ? name : path + [0x2f] + name
            if FileWalk.ownFolders.contains(name) { continue }
            if honoursIgnores, isIgnored(child, isFolder: isFolder, levels) { continue }
            if isFolder {
                subfolders.append(name)
            } else if wanted(child), !isDenied(child),
                fstatat(parent, terminated, &status, AT_SYMLINK_NOFOLLOW) == 0
            {
                out.append(FileWalk.found(child, status))
            }
        }
        for name in subfolders {
            let next = openat(
                parent, name.map { CChar(bitPattern: $0) } + [0],
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if next < 0 { continue }
            walk(next, path.isEmpty ? name : path + [0x2f] + name, &levels, wanted, &out)
        }
    }

    private static func found(_ path: [UInt8], _ status: stat) -> Found {
        Found(
            path: path, size: Int(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000
                + Int64(status.st_mtim.tv_nsec))
    }

    private func isIgnored(_ path: [UInt8], isFolder: Bool, _ levels: [Level]) -> Bool {
        for level in levels.reversed() {
            if let verdict = level.file.verdict(
                on: path[level.prefix...], isFolder: isFolder)
            {
                return verdict
            }
        }
        return false
    }

    private func isDenied(_ path: [UInt8]) -> Bool {
        guard !denials.isEmpty else { return false }
        return denials.denies(
            place.folder.path.appending(String(decoding: path, as: UTF8.self)), editing: false)
    }

    private func read(_ folder: [UInt8], into levels: inout [Level]) {
        let name = String(decoding: folder + (folder.isEmpty ? [] : [0x2f]), as: UTF8.self)
        guard
            // Where there is no such file, there are no patterns. git follows no link there either.
            let descriptor = try? place.folder.open(
                name + ".gitignore", flags: O_RDONLY | O_NONBLOCK, following: false)
        else { return }
        defer { close(descriptor) }
        // One that cannot be read, or a folder of that name, says nothing.
        guard let bytes = try? OpenFile.read(descriptor, size: 0, limit: 1 << 22, path: name)
        else { return }
        let file = IgnoreFile(bytes)
        guard !file.isEmpty else { return }
        levels.append(Level(file: file, prefix: folder.isEmpty ? 0 : folder.count + 1))
    }
}
