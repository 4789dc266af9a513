import Base
import Testing

@testable import Processes

struct CgroupTests {
    static let unified = "25 30 0:23 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
    static let hybrid = """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

        """

    @Test(
        arguments: [
            (unified, "0::/\n", "/sys/fs/cgroup"),
            (unified, "0::/user.slice/a.scope\n", "/sys/fs/cgroup/user.slice/a.scope"),
            (hybrid, "4:memory:/x\n0::/y\n", "/sys/fs/cgroup/unified/y"),
            (hybrid, "4:memory:/x\n", nil),
            (unified, "0::/../elsewhere\n", nil),
            ("", "0::/\n", nil),
            ("25 30 0:23 /box /mnt/a\\040b rw - cgroup2 none rw\n", "0::/box/in\n", "/mnt/a b/in"),
            ("25 30 0:23 /box /mnt rw - cgroup2 none rw\n", "0::/boxer\n", nil),
        ] as [(String, String, String?)])
    func `our own cgroup is found in the system's files`(
        mounts: String, membership: String, expected: String?
    ) {
        #expect(Cgroup.folder(mounts: mounts, membership: membership)?.description == expected)
    }
}
