import Base
import CLibgit2
import Glibc

/// The paths of an index and the folders that hold them, ready to be looked at again and again.
final class TrackedPaths: Sendable {
    /// All paths, each ended by a NUL; folders after files.
    let text: [CChar]
    /// Where each path begins.
    let starts: [Int]
    /// How many of them are files.
    let fileCount: Int
    /// What the entries say, without the stat data that every look by git may refresh.
    let meaning: Int

    /// Reads an index file; a missing one is empty.
    init(index file: AbsolutePath) throws(GitError) {
        let index = try Index(at: file)
        var text: [CChar] = []
        var starts: [Int] = []
        var meaning = Hasher()
        var folders: Set<[CChar]> = [[]]
        var last: ArraySlice<CChar> = []
        for position in 0..<index.count {
            let entry = index[position].pointee
            let count = strlen(entry.path)
            let path = UnsafeBufferPointer(start: entry.path, count: count)
            starts.append(text.count)
            text.append(contentsOf: path)
            text.append(0)
            withUnsafeBytes(of: entry.id) { meaning.combine(bytes: $0) }
            meaning.combine(entry.mode)
            meaning.combine(entry.flags & 0x3000)
            meaning.combine(bytes: UnsafeRawBufferPointer(path))
            guard let slash = path.lastIndex(of: 0x2f) else { continue }
            var folder = ArraySlice(path[..<slash])
            if folder.elementsEqual(last) { continue }
            last = folder
            while folders.insert(Array(folder)).inserted {
                guard let slash = folder.lastIndex(of: 0x2f) else { break }
                folder = folder[..<slash]
            }
        }
        fileCount = starts.count
        for folder in folders {
            starts.append(text.count)
            text.append(contentsOf: folder.isEmpty ? [0x2e] : folder)
            text.append(0)
        }
        self.text = text
        self.starts = starts
        self.meaning = meaning.finalize()
    }

    /// Stamps of all paths below a folder, in their order.
    func stamps(in folder: AbsolutePath) -> [FileStamp?] {
        let descriptor = open(folder.description, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return Array(repeating: nil, count: starts.count) }
        defer { close(descriptor) }
        return text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return [] }
            return starts.map { FileStamp(of: base + $0, in: descriptor) }
        }
    }

    /// Names of the folders that hold tracked files.
    var folderNames: Set<String> {
        Set((fileCount..<starts.count).map { path($0).description })
    }

    func path(_ number: Int) -> RepositoryPath {
        RepositoryPath(
            bytes: text[starts[number]...].prefix { $0 != 0 }.map(UInt8.init(bitPattern:)))
    }
}
