import Base
import CLibgit2
import Glibc

/// What a file and a folder have that are made just now: owner, group, and the permissions that the umask leaves.
struct FreshFile {
    let user: uid_t
    let group: gid_t
    /// Of something made with 0777.
    let permissions: mode_t
    /// Of the tree's folder itself.
    let folder: mode_t

    /// Makes a file in `place` to see.
    init(in place: AbsolutePath, folder: AbsolutePath) throws(FileError) {
        var status = stat()
        guard lstat(folder.description, &status) == 0 else {
            throw FileError("stat", folder.description)
        }
        self.folder = status.st_mode & 0o7777
        let inherited = self.folder & S_ISGID == 0 ? nil : status.st_gid
        let probe = place.appending(".fresh").description
        unlink(probe)
        let file = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o777)
        guard file >= 0 else { throw FileError("create", probe) }
        defer {
            close(file)
            unlink(probe)
        }
        guard fstat(file, &status) == 0 else { throw FileError("stat", probe) }
        user = status.st_uid
        group = inherited ?? status.st_gid
        permissions = status.st_mode & 0o777
    }
}

/// Finds what in a folder is just as a new tree of a commit would have it, and moves all else away.
struct TreeReset: ~Copyable {
    /// Stat data of the files that may stay, by place in the template.
    private(set) var kept: [Int: stat] = [:]
    /// Folders that may stay, as the template names them.
    private(set) var folders: Set<[CChar]> = []
    /// Places of kept files that changed so lately that the next change might not show in their stat data.
    private(set) var doubtful: Set<Int> = []

    private let files: BaseFiles
    private let path: AbsolutePath
    private let fresh: FreshFile
    /// What proves that a file is as it was written, by place.
    private let stamps: [WrittenFiles.Stamp?]
    /// When the files of a new tree were modified, as all are told.
    private let modified: timespec
    private let start: timespec
    private let leftovers: AbsolutePath
    private var source: BlobSource
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var moved = 0

    /// - Parameter written: what this process wrote there; without it every file is read.
    init(
        of files: BaseFiles, at path: AbsolutePath, fresh: FreshFile, written: WrittenFiles?,
        modified: timespec, registration: AbsolutePath, leftovers: AbsolutePath
    ) throws(FileError) {
        self.files = files
        try Files.makeFolder(leftovers, mode: 0o700)
        self.path = path
        self.fresh = fresh
        let isKnown = !files.filtering && FileTimes.showFirstWrite(below: path, tryingIn: leftovers)
        stamps = isKnown ? written?.stamps(for: files.template) ?? [] : []
        self.modified = modified
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        start = now
        self.leftovers = leftovers
        source = BlobSource(for: files, of: registration)
    }

    deinit { buffer.deallocate() }

    /// What an entry of a folder is to be: places in the template, one of a file or all below a folder.
    private struct Wanted {
        var places: Range<Int>
        let isFolder: Bool
    }

    mutating func run() throws {
        let root = try FolderListing.open(path)
        defer { close(root) }
        guard fchmod(root, fresh.folder) == 0 else { throw FileError("chmod", path.description) }
        guard hasUsualAttributes(root) else {
            throw FileError("reset", path.description, code: ENOTSUP)
        }
        try visit(root, files.template.entries.indices, prefix: [])
    }

    private mutating func visit(_ folder: Int32, _ places: Range<Int>, prefix: [UInt8]) throws {
        let wanted = wanted(in: places, from: prefix.count)
        for entry in try FolderListing.entries(of: folder, path: path.description) {
            if prefix.isEmpty, entry.isDotGit { continue }
            guard let want = wanted[entry.bytes] else {
                try moveAway(entry, from: folder)
                continue
            }
            if want.isFolder {
                try visitFolder(entry, in: folder, want, path: prefix + entry.bytes)
            } else if try isFresh(entry, in: folder, place: want.places.lowerBound) {
                kept[want.places.lowerBound] = entry.status
                if !isEarlier(entry.status.st_ctim, start) {
                    doubtful.insert(want.places.lowerBound)
                }
            } else {
                try moveAway(entry, from: folder)
            }
        }
    }

    /// The names in a folder that a new tree would have, from the paths' bytes after `start`.
    private func wanted(in places: Range<Int>, from start: Int) -> [[UInt8]: Wanted] {
        var wanted: [[UInt8]: Wanted] = [:]
        var place = places.lowerBound
        while place < places.upperBound {
            let (name, isFolder) = withRest(of: place, from: start) { rest in
                let end = rest.firstIndex(of: UInt8(ascii: "/"))
                return (Array(rest[..<(end ?? rest.count)]), end != nil)
            }
            // All below a folder lies together, in the order of the paths' bytes.
            let end =
                isFolder
                ? self.end(of: name, from: start, in: place..<places.upperBound) : place + 1
            wanted[name] = Wanted(places: place..<end, isFolder: isFolder)
            place = end
        }
        return wanted
    }

    /// The first place that is no longer below the folder in which the first one is.
    private func end(of name: [UInt8], from start: Int, in places: Range<Int>) -> Int {
        let folder = name + [UInt8(ascii: "/")]
        var (inside, outside) = (places.lowerBound, places.upperBound)
        while outside - inside > 1 {
            let middle = inside + (outside - inside) / 2
            let isInside = withRest(of: middle, from: start) { $0.starts(with: folder) }
            (inside, outside) = isInside ? (middle, outside) : (inside, middle)
        }
        return outside
    }

    private func withRest<Result>(
        of place: Int, from start: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        files.template.withPath(of: files.template.entries[place]) { path in
            body(UnsafeRawBufferPointer(start: path + start, count: strlen(path + start)))
        }
    }

    private mutating func visitFolder(
        _ entry: FolderEntry, in folder: Int32, _ want: Wanted, path name: [UInt8]
    ) throws {
        let status = entry.status
        guard entry.isFolder, status.st_uid == fresh.user, status.st_gid == fresh.group,
            status.st_mode & 0o7777 == fresh.permissions | fresh.folder & S_ISGID
        else { return try moveAway(entry, from: folder) }
        let child = try FolderListing.open(entry.name, in: folder, path: path.description)
        defer { close(child) }
        guard hasUsualAttributes(child) else { return try moveAway(entry, from: folder) }
        folders.insert(name.map { CChar(bitPattern: $0) } + [0])
        try visit(child, want.places, prefix: name + [UInt8(ascii: "/")])
    }

    /// True when a file or link is what a new tree would have at its place.
    private mutating func isFresh(
        _ entry: FolderEntry, in folder: Int32, place: Int
    ) throws -> Bool {
        let expected = files.template.entries[place]
        let status = entry.status
        // What was modified later than a new tree's files would be newer than what is made from those.
        guard status.st_uid == fresh.user, status.st_nlink == 1,
            !isEarlier(modified, status.st_mtim)
        else { return false }
        if expected.mode == .link, files.linksAsLinks {
            guard entry.kind == S_IFLNK else { return false }
            let target = try FileContent(entry, in: folder, path: path.description).bytes ?? []
            return try target.withUnsafeBytes { try isEqual($0, place) }
        }
        let permissions = fresh.permissions & (expected.mode == .executable ? 0o777 : 0o666)
        guard entry.kind == S_IFREG, status.st_mode & 0o7777 == permissions,
            status.st_gid == fresh.group
        else { return false }
        if place < stamps.count, stamps[place] == WrittenFiles.Stamp(status) { return true }
        return try isSameFile(entry, in: folder, place)
    }

    private mutating func isSameFile(
        _ entry: FolderEntry, in folder: Int32, _ place: Int
    ) throws -> Bool {
        let file = openat(folder, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard hasUsualAttributes(file) else { return false }
        // Larger ones are written anew.
        guard entry.status.st_size <= 64 << 20 else { return false }
        let size = Int(entry.status.st_size)
        // One byte more than it had, to see that it has no more.
        if buffer.count <= size {
            buffer.deallocate()
            buffer = .allocate(byteCount: max(size + 1, 1 << 16), alignment: 16)
        }
        var count = 0
        repeat {
            count = read(file, buffer.baseAddress, size + 1)
        } while count < 0 && errno == EINTR
        return count == size
            ? try isEqual(UnsafeRawBufferPointer(rebasing: buffer[..<size]), place) : false
    }

    private mutating func isEqual(_ bytes: UnsafeRawBufferPointer, _ place: Int) throws -> Bool {
        // For one tree alone, hashing costs less than inflating; for several, contents inflated once do.
        guard files.filtering || files.isShared else {
            var id = git_oid()
            try check(
                git_odb_hash(&id, bytes.baseAddress, bytes.count, GIT_OBJECT_BLOB), "hash", "file")
            return ObjectID(id) == ObjectID(files.template.id(of: files.template.entries[place]))
        }
        var isEqual = false
        let isKnown = try files.withContent(of: place, from: &source) { wanted in
            isEqual = bytes.count == wanted.count
            if isEqual, let found = bytes.baseAddress, let start = wanted.baseAddress {
                isEqual = memcmp(found, start, bytes.count) == 0
            }
        }
        return isKnown && isEqual
    }

    /// False when something has extended attributes that a new file would not have.
    private func hasUsualAttributes(_ descriptor: Int32) -> Bool {
        let size = wt_list_attributes(descriptor, nil, 0)
        if size == 0 || size < 0 && errno == ENOTSUP { return true }
        guard size > 0 else { return false }
        var names = [CChar](repeating: 0, count: size)
        guard wt_list_attributes(descriptor, &names, size) == size else { return false }
        // A label that the system gives to every file.
        return names.elementsEqual("security.selinux".utf8CString)
    }

    /// Moves something into the trash, whatever it is.
    private mutating func moveAway(_ entry: FolderEntry, from folder: Int32) throws {
        moved += 1
        let target = leftovers.appending("\(moved)").description
        if renameat(folder, entry.name, AT_FDCWD, target) == 0 { return }
        // A folder can be moved only by who may write in it.
        guard errno == EACCES, entry.isFolder, fchmodat(folder, entry.name, 0o700, 0) == 0,
            renameat(folder, entry.name, AT_FDCWD, target) == 0
        else { throw FileError("rename", path.description) }
    }
}
