package import Base
import CSystem

/// What a worker and all that it starts may reach; kept by the kernel, not by the worker's good will.
///
/// Whatever the support allows is used. What the support lacks is left out, so who needs it asks
/// the support first.
package struct Sandbox: Hashable, Sendable {
    /// What of the network a worker sees.
    package enum Network: String, CaseIterable, Sendable {
        /// The machine's own.
        case all
        /// A loopback interface that it shares with nobody.
        case loopback
        /// Nothing.
        case none
    }

    /// What the system can do, as probed.
    package var support: SandboxSupport
    /// Files, and folders with all below them, that may be written; missing ones are passed over.
    package var writable: [AbsolutePath]
    /// Places that show nothing, inside ``kept`` ones as well; missing ones are passed over.
    package var covered: [AbsolutePath]
    /// Places whose files do not even change their modes and times.
    package var frozen: [AbsolutePath]
    /// Places below ``covered`` and ``frozen`` ones that stay as they are; missing ones are passed over.
    package var kept: [AbsolutePath]
    /// Places inside ``kept`` ones that are frozen all the same.
    package var sealed: [AbsolutePath] = []
    /// What of the network is there.
    package var network: Network
    /// Processes and threads that may live at a time; nil for no bound.
    package var processes: Int?
    /// Bytes of memory of all processes together; nil for no bound.
    package var memory: Int?
    /// Bytes of the largest file that may be written; nil for no bound.
    package var fileSize: Int?

    /// A sandbox that holds back all writing but to these places.
    package init(
        support: SandboxSupport, writable: [AbsolutePath], covered: [AbsolutePath] = [],
        frozen: [AbsolutePath] = [], kept: [AbsolutePath] = [], network: Network = .all,
        processes: Int? = nil, memory: Int? = nil, fileSize: Int? = nil
    ) {
        self.support = support
        self.writable = writable
        self.covered = covered
        self.frozen = frozen
        self.kept = kept
        self.network = network
        self.processes = processes
        self.memory = memory
        self.fileSize = fileSize
    }

    /// The mounts in their order. What is covered and what is kept may lie inside each other: the outer comes first,
    /// or it would be laid over the inner.
    private var mounts: [(kind: wt_mount_kind, path: AbsolutePath)] {
        guard support.canMount else { return [] }
        let inner = covered.map { (WT_COVER, $0) } + kept.map { (WT_KEEP, $0) }
        return frozen.map { (WT_FREEZE, $0) }
            + inner.sorted { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
            + sealed.map { (WT_FREEZE, $0) }
    }

    /// The bound as a resource limit, which counts rightly only in a user namespace of the worker's own.
    private var ownProcessLimit: Int? {
        support.needsUserNamespace && support.userNamespace == 0 ? processes : nil
    }

    private var networkCode: wt_network {
        switch network {
        case .all: WT_NETWORK_ALL
        case .loopback: WT_NETWORK_LOOPBACK
        case .none: WT_NETWORK_NONE
        }
    }

    /// C's view of it, valid during `body`. Blocks: it lists folders where nothing can be covered.
    func with<Result>(_ body: (UnsafePointer<wt_sandbox>) -> Result) -> Result {
        let writable = CStringList(writable.map(\.description))
        let mounts = mounts
        let places = CStringList(mounts.map(\.path.description))
        let reading =
            support.canMount || support.landlock == 0
            ? nil : ReadableFiles.everything(but: covered, and: kept)
        let readable = CStringList((reading ?? []).map(\.description))
        return writable.with { writable in
            readable.with { readable in
                places.with { places in
                    let list = mounts.indices.map {
                        wt_mount(kind: Int32(mounts[$0].kind.rawValue), path: places[$0])
                    }
                    return list.withUnsafeBufferPointer { list in
                        var sandbox = wt_sandbox(
                            landlock: Int32(support.landlock), writable: writable,
                            readable: reading == nil ? nil : readable,
                            owns_users: support.needsUserNamespace ? 1 : 0,
                            network: Int32(networkCode.rawValue), mounts: list.baseAddress,
                            mount_count: Int32(list.count),
                            processes: ownProcessLimit.map(Int64.init) ?? -1,
                            file_size: fileSize.map(Int64.init) ?? -1)
                        return body(&sandbox)
                    }
                }
            }
        }
    }
}

/// What kept a worker's sandbox from being made.
package struct SandboxFailure: Hashable, Sendable {
    /// The part that could not be made.
    package enum Part: Int32, Sendable { case limits = 1, namespaces, network, mounts, landlock }

    /// What failed.
    package let part: Part
    /// Its `errno`.
    package let code: Int32

    /// Takes the code of an ``Ending/couldNotStart(_:)`` apart; nil when it is a plain `errno`.
    package init?(startCode: Int32) {
        guard let part = Part(rawValue: startCode >> 16) else { return nil }
        self.part = part
        code = startCode & 0xffff
    }
}
