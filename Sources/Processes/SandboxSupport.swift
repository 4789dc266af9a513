import CSystem

/// What the system offers for sandboxes, to this user.
package struct SandboxSupport: Hashable, Sendable {
    /// Landlock's ABI; 0 when the kernel has none.
    package var landlock: Int
    /// `errno` of a user namespace; 0 when one can be made.
    package var userNamespace: Int32
    /// `errno` of mounts in a namespace of one's own; 0 when they can be made.
    package var mounts: Int32
    /// `errno` of a network namespace with loopback; 0 when one can be made.
    package var network: Int32
    /// True for users who may make other namespaces only inside a user namespace.
    package var needsUserNamespace: Bool
    /// True where cgroups can bound the number of processes.
    package var canBoundProcesses: Bool
    /// True where cgroups can bound memory.
    package var canBoundMemory: Bool

    /// Support as a probe would find it.
    package init(
        landlock: Int, userNamespace: Int32 = 0, mounts: Int32 = 0, network: Int32 = 0,
        needsUserNamespace: Bool = false, canBoundProcesses: Bool = false,
        canBoundMemory: Bool = false
    ) {
        self.landlock = landlock
        self.userNamespace = userNamespace
        self.mounts = mounts
        self.network = network
        self.needsUserNamespace = needsUserNamespace
        self.canBoundProcesses = canBoundProcesses
        self.canBoundMemory = canBoundMemory
    }

    /// Whether places can be covered and frozen.
    package var canMount: Bool { mounts == 0 }

    /// Whether a worker provably writes only where it may: Landlock from ABI 3 on, which knows truncation.
    package var holdsWrites: Bool { landlock >= 3 || landlock > 0 && canMount }

    /// Whether the number of a worker's processes can be bounded without counting anyone else's.
    package var holdsProcesses: Bool {
        canBoundProcesses || needsUserNamespace && userNamespace == 0
    }

    /// Tries all of it, once in this process. Blocks for some milliseconds.
    package static let probed: SandboxSupport = {
        var found = wt_sandbox_support()
        wt_probe_sandbox(&found)
        return SandboxSupport(
            landlock: Int(found.landlock), userNamespace: found.users, mounts: found.mounts,
            network: found.network, needsUserNamespace: found.owns_users != 0,
            canBoundProcesses: CgroupLimit.folder(for: .processes) != nil,
            canBoundMemory: CgroupLimit.folder(for: .memory) != nil)
    }()
}
