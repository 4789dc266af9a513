import Base
import Glibc

/// The user's file of approvals. All calls block.
struct TrustStore: Sendable {
    /// Nil when there is no home folder.
    let path: AbsolutePath?

    /// All approvals; none when there is no file.
    func load() throws -> [Approval] {
        guard let path, Files.kind(of: path, followingLinks: true) != nil else { return [] }
        try checkOwner(path)
        let bytes = try Files.read(path, limit: 16 << 20)
        // Which byte is wrong would not help: nobody writes this file by hand.
        guard let list = try? JSON(parsing: bytes)["approvals"]?.arrayValue else {
            throw TrustError.damaged(path)
        }
        return try list.map { item in
            guard let repository = item["repository"]?.stringValue,
                let hash = item["hash"]?.stringValue, let time = item["time"]?.stringValue,
                // Files of earlier versions know settings alone.
                let subject = Approval.Subject(rawValue: item["subject"]?.stringValue ?? "settings")
            else { throw TrustError.damaged(path) }
            return Approval(repository: repository, hash: hash, time: time, subject: subject)
        }
    }

    /// Adds an approval, or renews it.
    func approve(_ approval: Approval) throws {
        try change { list in
            list.removeAll {
                $0.repository == approval.repository && $0.hash == approval.hash
                    && $0.subject == approval.subject
            }
            list.append(approval)
        }
    }

    /// Removes all approvals of a repository; tells how many there were.
    func revoke(repository: String) throws -> Int {
        var count = 0
        try change { list in
            count = list.count { $0.repository == repository }
            list.removeAll { $0.repository == repository }
        }
        return count
    }

    /// Two processes that change the file at once do it one after the other: a lost change could
    /// bring a revoked approval back.
    private func change(_ body: (inout [Approval]) -> Void) throws {
        guard let path else { throw TrustError.noPlace }
        try Files.makeFolder(path.parent, mode: 0o700)
        let lock = path.parent.appending("trust.lock").description
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", lock) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileError("lock", lock) }
        }
        var list = try load()
        body(&list)
        let document: JSON = ["version": 1, "approvals": .array(list.map(\.json))]
        try Files.replace(path, with: Array((document.pretty + "\n").utf8), mode: 0o600)
    }

    private func checkOwner(_ path: AbsolutePath) throws {
        var status = stat()
        guard stat(path.description, &status) == 0 else {
            throw FileError("stat", path.description)
        }
        let isOwn = status.st_uid == geteuid() && status.st_mode & 0o022 == 0
        guard isOwn else { throw TrustError.writableByOthers(path) }
    }
}
