import Base
import Glibc

/// A cgroup v2 folder for one worker: no process leaves it by forking or by `setsid`.
enum Cgroup {
    /// A new name below this process's own cgroup; nil where the system has none.
    static func candidate() -> AbsolutePath? {
        own?.appending("treeguild-" + Digest.random(8).hexadecimal)
    }

    /// Kills what is in the cgroup and removes it with the cgroups that its processes made in it.
    ///
    /// Takes milliseconds, and at most a second where a killed process does not end.
    static func remove(_ path: AbsolutePath) {
        if rmdir(path.description) == 0 || errno == ENOENT { return }
        // Kernels before 5.14 cannot kill a cgroup; then what still lives in it keeps it.
        try? Files.replaceContent(of: path.appending("cgroup.kill"), with: "1")
        for _ in 0..<200 where !removeFolders(path) { usleep(5000) }
    }

    private static func removeFolders(_ path: AbsolutePath) -> Bool {
        // Unreadable or gone meanwhile: the removal below tells.
        for name in (try? Files.list(path)) ?? [] {
            let child = path.appending(name)
            if Files.kind(of: child) == .folder { _ = removeFolders(child) }
        }
        return rmdir(path.description) == 0 || errno == ENOENT
    }

    static let own: AbsolutePath? = own(controller: nil)

    /// The folder of this process's cgroup in the hierarchy of a version 1 controller; nil: version 2.
    static func own(controller: String?) -> AbsolutePath? {
        guard let mounts = text("/proc/self/mountinfo"), let membership = text("/proc/self/cgroup")
        else { return nil }
        return folder(mounts: mounts, membership: membership, controller: controller)
    }

    /// The folder of a process's cgroup, from its `mountinfo` and `cgroup` files (proc(5)).
    static func folder(
        mounts: String, membership: String, controller: String? = nil
    ) -> AbsolutePath? {
        let cgroups = membership.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let isOurs =
                controller.map { fields[1].split(separator: ",").contains(Substring($0)) }
                ?? (fields[0] == "0" && fields[1].isEmpty)
            return isOurs ? String(fields[2]) : nil
        }
        guard let cgroup = cgroups.first, cgroup.hasPrefix("/") else { return nil }
        // A cgroup outside the namespace's root has no path that we could open.
        guard !cgroup.hasPrefix("/..") else { return nil }
        for mount in mounts.split(separator: "\n") {
            let fields = mount.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, dash > 4,
                controller == nil
                    ? fields[dash + 1] == "cgroup2"
                    : fields[dash + 1] == "cgroup"
                        && fields[fields.count - 1].split(separator: ",")
                            .contains(Substring(controller ?? ""))
            else { continue }
            let root = unescape(fields[3])
            guard root == "/" || cgroup == root || cgroup.hasPrefix(root + "/"),
                let point = AbsolutePath(unescape(fields[4]))
            else { continue }
            return point.appending(
                String(root == "/" ? cgroup : String(cgroup.dropFirst(root.count))))
        }
        return nil
    }

    /// Undoes `mountinfo`'s three octal digits after a backslash.
    private static func unescape(_ field: Substring) -> String {
        var out: [UInt8] = []
        var bytes = Array(field.utf8)[...]
        while let byte = bytes.popFirst() {
            let digits = String(decoding: bytes.prefix(3), as: UTF8.self)
            if byte == UInt8(ascii: "\\"), digits.utf8.count == 3,
                let value = UInt8(digits, radix: 8)
            {
                out.append(value)
                bytes = bytes.dropFirst(3)
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func text(_ path: String) -> String? {
        // A system without the file has no cgroups that we know to use.
        guard let path = AbsolutePath(path), let bytes = try? Files.read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Files {
    /// Writes into an existing file, as the kernel's control files want it.
    static func replaceContent(
        of path: AbsolutePath, with text: String
    ) throws(FileError) {
        let descriptor = open(path.description, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        defer { close(descriptor) }
        try write(Array(text.utf8), to: descriptor, path: path.description)
    }
}
