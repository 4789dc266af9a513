import Base
import Glibc
import Processes

extension WorkerFiles {
    /// A path with the folder that it lies below.
    struct Location {
        let place: OpenPlace
        /// Below the place, links followed.
        let relative: String
        let resolved: ResolvedPath
        /// False when nothing is there yet.
        let exists: Bool
    }

    /// Finds where a path leads; refuses what leads out of the worker's folders.
    func locate(_ text: String) throws(ToolRefusal) -> Location {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw ToolRefusal("A path must not be empty.")
        }
        let named = AbsolutePath(text, relativeTo: tree)
        // The longest root that holds it: a place may lie inside another.
        let place = roots.filter { $0.relative(named) != nil }
            .max { $0.folder.path.description.count < $1.folder.path.description.count }
        guard let place, let relative = place.relative(named) else { throw outside(named) }
        do throws(FileError) {
            let (real, exists) = try WorkerFiles.real(relative, below: place)
            let location = Location(
                place: place, relative: place.relative(real) ?? "",
                resolved: ResolvedPath(named: named, real: real), exists: exists)
            return location
        } catch {
            if error.code == EXDEV, let other = inside(named) { return other }
            throw refusal(error, named)
        }
    }

    /// Refuses a path that the rules for all workers keep closed.
    func check(_ path: ResolvedPath, editing: Bool) throws(ToolRefusal) {
        for one in Set([path.named, path.real]) where denials.denies(one, editing: editing) {
            throw ToolRefusal(
                "A rule forbids \(editing ? "writing" : "reading") \(path.named). Work without it.")
        }
    }

    /// A link with an absolute target that does stay inside; the kernel refuses it as such.
    private func inside(_ named: AbsolutePath) -> Location? {
        // What cannot be resolved is refused by the caller.
        guard let real = try? Files.resolve(named),
            let place = roots.first(where: { real.isInside($0.folder.path) }),
            let relative = place.relative(real),
            // Opened once more below the root: what the look above saw may have changed.
            let (again, exists) = try? WorkerFiles.real(relative, below: place)
        else { return nil }
        return Location(
            place: place, relative: place.relative(again) ?? "",
            resolved: ResolvedPath(named: named, real: again), exists: exists)
    }

    /// The real path, or of what does not exist the nearest existing folder's with the rest.
    private static func real(
        _ relative: String, below place: OpenPlace
    ) throws(FileError) -> (AbsolutePath, Bool) {
        var parts = relative.split(separator: "/").map(String.init)
        var missing: [String] = []
        while true {
            do throws(FileError) {
                let descriptor = try place.folder.open(
                    parts.joined(separator: "/"), flags: BeneathFolder.pathOnly)
                defer { close(descriptor) }
                let real = try BeneathFolder.realPath(of: descriptor)
                guard real.isInside(place.folder.path) else {
                    throw FileError("open", relative, code: EXDEV)
                }
                return (
                    missing.reduce(real) { $0.appending($1) }, missing.isEmpty
                )
            } catch {
                guard error.code == ENOENT, let last = parts.popLast() else { throw error }
                missing.insert(last, at: 0)
            }
        }
    }

    func outside(_ named: AbsolutePath) -> ToolRefusal {
        let list = places.map(\.path.description).joined(separator: ", ")
        return ToolRefusal("\(named) is outside the folders of this worker: \(list).")
    }

    /// The sentence for the model about what the system refused.
    func refusal(_ error: FileError, _ named: AbsolutePath) -> ToolRefusal {
        switch error.code {
        case EXDEV, ELOOP: outside(named)
        case ENOENT, ENOTDIR: ToolRefusal("\(named) does not exist.")
        case EFBIG: ToolRefusal("\(named) is too large for this tool.")
        default: ToolRefusal("\(named): \(error.reason).")
        }
    }
}
