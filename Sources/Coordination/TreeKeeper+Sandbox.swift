import Base
import Git
import Processes

extension TreeKeeper {
    /// Which places the run's workers get.
    var profile: SandboxProfile {
        SandboxProfile(
            options: context.options.sandbox, support: .probed, layout: context.layout,
            folders: context.folders)
    }

    /// The places of one worker.
    func sandboxed(_ tree: TreeRecord, key: String) -> SandboxProfile.Worker {
        SandboxProfile.Worker(
            tree: tree, records: context.folders.records(of: key), results: results(of: key),
            temporary: tree.lease?.temporary
                ?? context.folders.temporary.appending(tree.path.name))
    }

    /// Where a worker leaves its result: a folder of its own, in which it may make and rename files.
    func results(of key: String) -> AbsolutePath {
        context.folders.records(of: key).appending("out")
    }

    /// The sandbox of a worker; nil when it is switched off.
    ///
    /// - Parameter shared: Files of the user that this worker alone may read and write, such as its login.
    func sandbox(
        of tree: TreeRecord, key: String, sharing shared: [AbsolutePath] = []
    ) -> Sandbox? {
        var profile = profile
        profile.options.write += shared
        // Hidden by its own name, shared by its real one.
        profile.options.hide.removeAll { shared.contains((try? Files.resolve($0)) ?? $0) }
        return profile.sandbox(of: sandboxed(tree, key: key))
    }

    /// What in a tree's registration or branch leads elsewhere, so that nothing of ours may write there.
    func plantedLinks(in tree: TreeRecord) async -> String? {
        // A repository that cannot be opened is told of by whoever works on the tree.
        guard let repository = try? Repository(at: context.layout.commonDirectory) else {
            return nil
        }
        let links = await repository.plantedLinks(of: worktree(tree))
        return links.isEmpty
            ? nil : "links to elsewhere: \(Crossing.words(links.map(\.description)))"
    }

    /// Whether a worker that failed in a sandbox ran into its walls, as far as the end of its log tells.
    func wasDenied(_ end: WorkerEnd, log: AbsolutePath) async -> Bool {
        guard context.options.sandbox.isOn,
            profile.support.landlock > 0 || profile.support.canMount,
            case .exited(let status) = end.ending, status != 0
        else { return false }
        // A log that cannot be read tells nothing.
        guard let tail = try? LogFile.read(log, last: 1 << 16) else { return false }
        let text = String(decoding: tail.bytes, as: UTF8.self)
        return ["Permission denied", "EACCES", "Read-only file system", "EROFS", "PermissionError"]
            .contains { text.contains($0) }
    }
}
