package import Base
import Glibc

/// How a repository and its main worktree stood at a moment, as far as stat data tells.
///
/// No file is read but the index, and that only when it has changed. Files that git neither tracks nor
/// finds beside tracked ones are not looked at.
package struct RepositoryFingerprint: Sendable {
    /// A worktree that has an index: its files and folders.
    private struct Place: Sendable {
        let folder: AbsolutePath
        let index: AbsolutePath
        var indexStamp: FileStamp?
        var tracked: TrackedPaths?
        var stamps: [FileStamp?] = []
    }

    private var place: Place?
    /// Files of the common git directory that are the user's, by their path below it.
    private var records: [String: FileStamp] = [:]
    /// Nanoseconds after 1970 at which the look began.
    private let taken: Int64
    private let common: AbsolutePath

    /// Looks at a repository. Blocks: some microseconds for a hundred files.
    ///
    /// - Parameter earlier: a look at the same repository, whose list of paths is used again while it holds.
    package init(of layout: RepositoryLayout, after earlier: RepositoryFingerprint? = nil) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        taken = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        common = layout.commonDirectory
        if let main = layout.mainWorktree {
            var place = Place(folder: main, index: common.appending("index"))
            place.indexStamp = FileStamp(of: place.index)
            place.tracked =
                earlier?.place.flatMap { $0.indexStamp == place.indexStamp ? $0.tracked : nil }
                // An index that only git can read leaves the files out.
                ?? (try? TrackedPaths(index: place.index))
            place.stamps = place.tracked?.stamps(in: main) ?? []
            self.place = place
        }
        noteRecords()
    }

    /// Paths of what is not as it was, for people: relative to the main worktree, those of the git directory
    /// below `.git/`.
    ///
    /// - Parameter excepted: Folders whose content does not count.
    package func changes(
        since earlier: RepositoryFingerprint, except excepted: [AbsolutePath] = []
    ) -> [String] {
        var found = Set(records.filter { earlier.records[$0.key] != $0.value }.keys)
        found.formUnion(earlier.records.keys.filter { records[$0] == nil })
        var names = Set(found.map { ".git/" + $0 })
        if let place, let before = earlier.place {
            if place.tracked?.meaning != before.tracked?.meaning { names.insert(".git/index") }
            names.formUnion(changedFiles(place, before, earlier.taken))
            names = names.filter { name in
                !excepted.contains { place.folder.appending(name).isInside($0) }
            }
        }
        return names.sorted()
    }

    private func changedFiles(_ place: Place, _ before: Place, _ since: Int64) -> Set<String> {
        guard let tracked = place.tracked, let earlier = before.tracked else { return [] }
        var files: Set<String> = []
        var folders: [String] = []
        func note(_ number: Int) {
            let path = tracked.path(number).description
            if number < tracked.fileCount { files.insert(path) } else { folders.append(path) }
        }
        if tracked === earlier {
            for number in place.stamps.indices
            where place.stamps[number] != before.stamps[number] { note(number) }
        } else {
            var known: [RepositoryPath: FileStamp?] = [:]
            for number in before.stamps.indices {
                known[earlier.path(number)] = before.stamps[number]
            }
            for number in place.stamps.indices {
                guard let stamp = known[tracked.path(number)] else { continue }
                if stamp != place.stamps[number] { note(number) }
            }
        }
        let known = folders.isEmpty ? [] : tracked.folderNames
        for folder in folders {
            files.formUnion(changed(in: folder, place, since, told: files, folders: known))
        }
        return files
    }

    /// What is new in a folder whose list of names has changed; the folder itself when nothing is.
    private func changed(
        in folder: String, _ place: Place, _ since: Int64, told: Set<String>, folders: Set<String>
    ) -> [String] {
        let path = folder == "." ? place.folder : place.folder.appending(folder)
        // A folder that is gone, or cannot be read, is named itself.
        let names = (try? Files.list(path)) ?? []
        let prefix = folder == "." ? "" : folder + "/"
        // The clock of `since` is the one by which the kernel stamps files.
        let new = names.map { prefix + $0 }.filter { name in
            guard name != ".git", !folders.contains(name),
                let stamp = FileStamp(of: place.folder.appending(name))
            else { return false }
            return stamp.changed >= since
        }
        if !new.isEmpty { return new }
        return told.contains { $0.hasPrefix(prefix) } ? [] : [folder == "." ? "./" : folder + "/"]
    }

    private mutating func noteRecords() {
        // What is here for a moment, or comes of looking.
        let passing: Set = ["index", "FETCH_HEAD", "COMMIT_EDITMSG", "gc.log", "gc.pid"]
        noteFiles(of: "", deeply: false) { !passing.contains($0) && !$0.hasSuffix(".lock") }
        for folder in ["hooks", "info"] { noteFiles(of: folder, deeply: true) { _ in true } }
        // The other files of that folder come of housekeeping.
        noteFiles(of: "objects/info", deeply: false) { $0.hasSuffix("alternates") }
        noteFiles(of: "refs", deeply: true) { path in
            !path.hasSuffix(".lock") && path != "refs/treeguild" && path != "refs/heads/treeguild"
                && path != "refs/heads/treeguild-detached"
        }
    }

    private mutating func noteFiles(
        of folder: String, deeply: Bool, where counts: (String) -> Bool
    ) {
        let parent = folder.isEmpty ? common : common.appending(folder)
        // Not every repository has every folder; one that goes takes its files along.
        for name in (try? Files.list(parent)) ?? [] {
            let path = folder.isEmpty ? name : folder + "/" + name
            guard counts(path), let stamp = FileStamp(of: common.appending(path)) else { continue }
            if stamp.mode & S_IFMT == S_IFDIR {
                if deeply { noteFiles(of: path, deeply: true, where: counts) }
            } else {
                records[path] = stamp
            }
        }
    }
}
