package import Base
import Glibc
import Processes

/// The files that one worker can name: its tree, the scratchpad and folders given to it.
///
/// Every path is opened below the descriptor of one of these folders, so that no link, `..` or
/// exchange meanwhile leads elsewhere. Remembers what the model has seen of each file.
package actor WorkerFiles {
    /// The worker's tree, by its real path; relative paths start there.
    package nonisolated let tree: AbsolutePath
    /// All folders, the tree first.
    package nonisolated let places: [Place]
    /// What no worker may touch, whatever its mode.
    package nonisolated let denials: PathDenials
    private let lane = Lane(label: "treeguild.worker.files")
    let roots: [OpenPlace]
    private var seen: [AbsolutePath: Seen] = [:]
    /// Folders whose instructions the model has seen.
    var levels: Set<String> = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// A folder whose files a worker can name.
    package struct Place: Hashable, Sendable {
        /// Where it lies; must exist.
        package let path: AbsolutePath
        /// Whether files may be written there.
        package let isWritable: Bool

        /// A folder to read, and where `isWritable` also to write.
        package init(_ path: AbsolutePath, isWritable: Bool = true) {
            self.path = path
            self.isWritable = isWritable
        }
    }

    /// Opens the folders; blocks. All must exist.
    package init(
        tree: AbsolutePath, others: [Place] = [], denials: PathDenials = .none
    ) throws(FileError) {
        var roots: [OpenPlace] = []
        for place in [Place(tree)] + others { roots.append(try OpenPlace(place)) }
        self.roots = roots
        self.tree = roots[0].folder.path
        places = roots.map { Place($0.folder.path, isWritable: $0.place.isWritable) }
        self.denials = denials
    }

    /// What the model has seen of a file.
    struct Seen {
        var digest: [UInt8]
        /// The range that was read last, while its text is still before the model.
        var range: Range<Int>?
    }

    /// The path that a model named, absolute or relative to the tree.
    package func resolve(_ text: String) throws(ToolRefusal) -> ResolvedPath {
        try locate(text).resolved
    }

    /// Forgets which ranges are before the model: for when its history was shortened.
    ///
    /// That a file has been read is kept, so that it may still be edited.
    package func forgetRanges() {
        for path in seen.keys { seen[path]?.range = nil }
        levels = []
    }

    /// Counts a file as read, such as one that an instruction or an earlier process showed.
    package func noteRead(_ path: AbsolutePath, content: [UInt8]) {
        seen[path] = Seen(digest: Digest.sha256(content), range: nil)
    }

    func seen(_ path: AbsolutePath) -> Seen? { seen[path] }

    func setSeen(_ path: AbsolutePath, _ value: Seen) { seen[path] = value }
}

/// A place with the descriptor that its files are opened below.
final class OpenPlace: Sendable {
    let place: WorkerFiles.Place
    let folder: BeneathFolder

    init(_ place: WorkerFiles.Place) throws(FileError) {
        self.place = place
        folder = try BeneathFolder(place.path)
    }

    /// The path below this folder, by text; nil when it lies elsewhere.
    func relative(_ path: AbsolutePath) -> String? {
        for root in [folder.path, place.path] where path.isInside(root) {
            let prefix = root.description == "/" ? 0 : root.description.utf8.count
            return String(decoding: path.description.utf8.dropFirst(prefix + 1), as: UTF8.self)
        }
        return nil
    }
}
