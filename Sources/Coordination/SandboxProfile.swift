import Base
import Git
import Processes

/// Which places one worker gets; pure but for asking what is there.
struct SandboxProfile: Sendable {
    var options: SandboxOptions
    let support: SandboxSupport
    let layout: RepositoryLayout
    let folders: RunFolders

    /// What one worker may touch of a run.
    struct Worker: Sendable {
        let tree: TreeRecord
        /// Folder of its records.
        let records: AbsolutePath
        /// Where it leaves its result.
        let results: AbsolutePath
        /// Its temporary folder.
        let temporary: AbsolutePath
    }

    /// The sandbox of a worker; nil when it is switched off.
    func sandbox(of worker: Worker) -> Sandbox? {
        guard options.isOn else { return nil }
        let own =
            [worker.tree.path, worker.temporary, folders.scratchpad, worker.results]
            + gitPlaces(of: worker.tree)
        let granted = options.write.map { (try? Files.resolve($0)) ?? $0 }  // As above.
            .filter { !holdsProtected($0) }.flatMap(parts)
        let frozen = [layout.mainWorktree, layout.commonDirectory].compactMap { $0 }
        let covered = covers
        let below = frozen + covered
        let kept = (own + granted + [worker.records, folders.trees.appending(".git")]).filter {
            place in
            below.contains { place.isInside($0) }
        }
        var sandbox = Sandbox(
            support: support, writable: own + granted + devices, covered: covered,
            frozen: outermost(frozen),
            kept: needed(
                kept.filter { Files.kind(of: $0, followingLinks: true) != nil }, below: covered),
            network: options.network,
            processes: options.processes, memory: options.memory)
        sandbox.sealed = sealed(of: worker.tree).filter { Files.kind(of: $0) != nil }
        return sandbox
    }

    /// What says which repository a tree belongs to and how git is to treat it, where else objects are looked for,
    /// and the packs that hold the history.
    private func sealed(of tree: TreeRecord) -> [AbsolutePath] {
        let common = layout.commonDirectory
        let registration = common.appending("worktrees").appending(tree.registration)
        let pack = common.appending("objects/pack")
        // Without the list the whole folder is sealed, which only large files and repacking need.
        let packs = (try? Files.list(pack)) ?? []
        return [tree.path.appending(".git"), common.appending("objects/info")]
            + ["gitdir", "commondir", "locked", "config.worktree"].map {
                registration.appending($0)
            }
            + (packs.count <= 100 ? packs.map { pack.appending($0) } : [pack])
    }

    /// What a commit needs of the git directory: objects, the run's own branches with their logs, and the
    /// registration of the tree.
    private func gitPlaces(of tree: TreeRecord) -> [AbsolutePath] {
        let common = layout.commonDirectory
        var places = [
            common.appending("objects"), common.appending("worktrees").appending(tree.registration),
            // Large files that a filter keeps beside the objects.
            common.appending("lfs"),
        ]
        if tree.branch != nil { places += branchFolders }
        return places
    }

    /// Folders of the run's branches and their logs. Made beforehand: a right cannot be given to what is not there.
    private var branchFolders: [AbsolutePath] {
        ["refs/heads/treeguild", "logs/refs/heads/treeguild"].map {
            layout.commonDirectory.appending($0).appending(folders.run.description)
        }
    }

    /// Makes the folders that a sandbox can only grant when they are there. Blocks.
    func prepare(_ worker: Worker) throws(FileError) {
        for folder in [worker.results, worker.temporary] {
            try Files.makeFolder(folder, mode: 0o700)
        }
        guard options.isOn else { return }
        if worker.tree.branch != nil {
            for folder in branchFolders { try Files.makeFolder(folder) }
        }
        try Files.makeFolder(layout.commonDirectory.appending("objects/info"))
    }

    /// Secrets, the state of all runs, and the trees of the others.
    private var covers: [AbsolutePath] {
        // A link would be passed over; what is not there keeps its name.
        let hidden = options.hide.map { (try? Files.resolve($0)) ?? $0 }
        return outermost(
            hidden.filter { place in !own.contains { $0.isInside(place) } }
                + [folders.state, ownTrees])
    }

    /// The outermost folder that is of treeguild's trees alone.
    private var ownTrees: AbsolutePath {
        let parent = folders.trees.parent.parent
        return ["treeguild", ".treeguild"].contains(parent.name) ? parent : folders.trees
    }

    /// Places whose loss of protection would undo all the rest.
    private var own: [AbsolutePath] {
        [layout.commonDirectory, folders.state, folders.trees]
            + (layout.mainWorktree.map { [$0] } ?? [])
    }

    /// Whether a grant would open what must stay closed.
    private func holdsProtected(_ place: AbsolutePath) -> Bool {
        let main = [layout.commonDirectory, layout.mainWorktree].compactMap { $0 }
        return main.contains { $0.isInside(place) }
    }

    /// A granted place; where nothing can be covered, its parts without the trees of treeguild.
    private func parts(_ place: AbsolutePath) -> [AbsolutePath] {
        guard !support.canMount, ownTrees.isInside(place) else { return [place] }
        if place == ownTrees { return [] }
        // A folder that cannot be listed is granted nothing of.
        return ((try? Files.list(place)) ?? []).flatMap { parts(place.appending($0)) }
    }

    /// Devices that every program may use, and memory files where nothing of the run is among them.
    private var devices: [AbsolutePath] {
        let names = [
            "null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "dri", "kfd",
        ]
        return names.compactMap { AbsolutePath("/dev/\($0)") }.filter { device in
            !own.contains { $0.isInside(device) }
        }
    }

    /// Without those that another keeps already, each once: what a cover parts from the outer one is kept itself.
    private func needed(_ kept: [AbsolutePath], below covered: [AbsolutePath]) -> [AbsolutePath] {
        let all = Set(kept)
        let covers = Set(covered)
        return all.sorted().filter { place in
            let above = sequence(first: place.parent) { $0.parent == $0 ? nil : $0.parent }
            return above.first { all.contains($0) || covers.contains($0) }
                .map { covers.contains($0) } ?? true
        }
    }

    /// Without those that lie inside others, each once, outer ones first.
    private func outermost(_ places: [AbsolutePath]) -> [AbsolutePath] {
        var found: [AbsolutePath] = []
        for place in Set(places).sorted() where !found.contains(where: { place.isInside($0) }) {
            found.append(place)
        }
        return found
    }
}
