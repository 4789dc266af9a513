import Base
import Processes

extension DoctorCheck {
    /// What workers can be kept from here.
    static func sandbox(_ support: SandboxSupport?) -> [DoctorCheck] {
        guard let support else {
            return [DoctorCheck(.machine, "landlock", .warning, "could not be looked at")]
        }
        return [
            landlock(support),
            namespace(
                "user namespaces", support.userNamespace, needed: support.needsUserNamespace,
                "treeguild needs one for an ordinary user's sandbox: sysctl "
                    + "kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0"
            ),
            namespace(
                "mounts of a worker", support.mounts, needed: true,
                "secrets are hidden by Landlock alone, and modes of files outside can be changed"),
            namespace(
                "network namespaces", support.network, needed: true,
                "sandbox.network other than all is refused"),
            limit("limit of processes", support.holdsProcesses, support.canBoundProcesses),
            limit("limit of memory", support.canBoundMemory, support.canBoundMemory),
        ]
    }

    private static func landlock(_ support: SandboxSupport) -> DoctorCheck {
        let name = "landlock"
        guard support.landlock > 0 else {
            return DoctorCheck(
                .machine, name, .warning, "not in this kernel, or switched off",
                advice:
                    "commands cannot be held to their tree by the kernel; Linux 5.13 or later, with lsm=landlock"
            )
        }
        guard support.landlock >= 3 else {
            return DoctorCheck(
                .machine, name, .warning, "ABI \(support.landlock), without truncation",
                advice: "files outside a tree could be emptied; Linux 6.2 or later")
        }
        let signals = support.landlock < 6 ? "; signals to other processes are not held back" : ""
        return DoctorCheck(.machine, name, .ok, "ABI \(support.landlock)\(signals)")
    }

    private static func namespace(
        _ name: String, _ code: Int32, needed: Bool, _ advice: String
    ) -> DoctorCheck {
        if code == 0 { return DoctorCheck(.machine, name, .ok, "usable") }
        let reason = FileError("unshare", "", code: code).reason
        return DoctorCheck(
            .machine, name, needed ? .warning : .ok, "not for this user: \(reason)",
            advice: needed ? advice : nil)
    }

    private static func limit(_ name: String, _ works: Bool, _ byCgroup: Bool) -> DoctorCheck {
        if works {
            return DoctorCheck(
                .machine, name, .ok, byCgroup ? "by cgroup" : "in a user namespace")
        }
        return DoctorCheck(
            .machine, name, .warning, "no cgroup that this user can write to has the controller",
            advice:
                "start treeguild in a delegated cgroup: systemd-run --user --scope -p Delegate=yes treeguild …"
        )
    }
}
