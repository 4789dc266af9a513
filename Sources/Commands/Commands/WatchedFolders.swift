import Base
import Git
import Merging
import Processes

/// The folders in which a change can change a comparison: those of worktrees, save ignored ones, and those of refs.
struct WatchedFolders: Sendable {
    private let watch: FolderWatch
    private let place: RunPlace
    private let withWorktrees: Bool

    /// Nil when the system grants no watcher.
    init?(_ place: RunPlace, withWorktrees: Bool, limit: Int) {
        guard let watch = FolderWatch(limit: limit) else { return nil }
        self.watch = watch
        self.place = place
        self.withWorktrees = withWorktrees
    }

    /// What has changed; a worktree's own git folder says nothing.
    func take() async -> FolderWatch.Changes { await watch.take { $0 == ".git" } }

    /// Watches everything there is; false when not all can be.
    func addAll() async -> Bool {
        let common = place.layout.commonDirectory
        let linked = common.appending("worktrees")
        // A worktree's HEAD is written last when it is made: by then its folder is there to be watched.
        let refs =
            [common, linked] + Self.subfolders(linked) + folders(below: common.appending("refs"))
        guard await watch.add(refs) else { return false }
        guard withWorktrees, let git = place.git else { return true }
        // A worktree that cannot be listed is told as missing by the comparison.
        let worktrees = try? await ListedWorktree.all(
            of: place.layout.worktree ?? place.layout.gitDirectory, git)
        for worktree in worktrees ?? [] where !worktree.isBare && !worktree.isPrunable {
            guard await add(worktree.path, git) else { return false }
        }
        return true
    }

    /// Watches folders that have come up, and the worktrees that a change of git's folders has brought.
    func follow(_ changes: FolderWatch.Changes, _ git: GitProgram?) async -> Bool {
        let common = place.layout.commonDirectory
        let linked = common.appending("worktrees")
        if changes.isIncomplete || changes.concerns(linked) || changes.newFolders.contains(linked) {
            return await addAll()
        }
        for folder in changes.newFolders.sorted() {
            if folder.isInside(common) {
                let isOfRefs = folder.isInside(common.appending("refs"))
                if isOfRefs, await !watch.add(folders(below: folder)) { return false }
            } else if let git, withWorktrees, await !add(folder, git) {
                return false
            }
        }
        return true
    }

    /// A folder of a worktree with all that is below it and not ignored, level by level: git is asked once for each.
    private func add(_ top: AbsolutePath, _ git: GitProgram) async -> Bool {
        var level = [top]
        while !level.isEmpty {
            guard let kept = await notIgnored(level, git) else { return true }
            guard await watch.add(kept) else { return false }
            level = await BlockingCalls.run { kept.flatMap(Self.subfolders) }
        }
        return true
    }

    /// Nil when git could not be asked, as for a folder that has gone.
    private func notIgnored(_ folders: [AbsolutePath], _ git: GitProgram) async -> [AbsolutePath]? {
        guard let parent = folders.first?.parent, folders.first.map({ Self.isRoot($0) }) == false
        else { return folders }
        let input = Array(folders.map(\.description).joined(separator: "\0").utf8)
        // A git that cannot be started is as good as an answer that is none.
        let output = try? await git.run(
            ["check-ignore", "-z", "--stdin"], in: parent, input: input)
        // 0: some are ignored; 1: none is.
        guard let output, [.exited(0), .exited(1)].contains(output.ending) else { return nil }
        let ignored = Set(
            output.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        return folders.filter { !ignored.contains($0.description) }
    }

    private static func isRoot(_ folder: AbsolutePath) -> Bool {
        Files.kind(of: folder.appending(".git")) != nil
    }

    /// Folders in a folder, without git's own and without other repositories.
    private static func subfolders(_ folder: AbsolutePath) -> [AbsolutePath] {
        // A folder that has gone has none.
        ((try? Files.list(folder)) ?? []).filter { $0 != ".git" }.map(folder.appending)
            .filter { Files.kind(of: $0) == .folder && !isRoot($0) }
    }

    private func folders(below top: AbsolutePath) -> [AbsolutePath] {
        var found = [top]
        var at = 0
        while at < found.count {
            found += Self.subfolders(found[at])
            at += 1
        }
        return found
    }
}

extension FolderWatch.Changes {
    /// Whether something has changed in a folder or below it.
    func concerns(_ top: AbsolutePath) -> Bool {
        folders.contains { $0 == top || $0.isInside(top) }
    }
}
