import Base

/// One check with its outcome.
struct DoctorCheck: Equatable, Sendable {
    let about: Topic
    let name: String
    let status: Status
    /// What was found.
    let found: String
    /// What to do; nil when nothing need be done.
    var advice: String?

    /// What is checked.
    enum Topic: String, Sendable { case machine, repository, ledger }

    /// How good it is.
    enum Status: String, Sendable { case ok, warning, failure }

    init(
        _ about: Topic, _ name: String, _ status: Status, _ found: String, advice: String? = nil
    ) {
        self.about = about
        self.name = name
        self.status = status
        self.found = found
        self.advice = advice
    }

    var json: JSON {
        [
            "about": .string(about.rawValue), "name": .string(name),
            "status": .string(status.rawValue), "found": .string(found),
            "advice": .optional(advice),
        ]
    }
}

extension DoctorCheck {
    /// All checks, in order; pure.
    static func judge(_ facts: DoctorFacts) -> [DoctorCheck] {
        machine(facts) + sandbox(facts.sandbox) + repository(facts) + ledger(facts)
    }

    private static func machine(_ facts: DoctorFacts) -> [DoctorCheck] {
        [
            git(facts.git),
            DoctorCheck(.machine, "libgit2", .ok, facts.libgit2),
            // 3.37: STRICT tables (sqlite.org/stricttables.html).
            Versions.isAtLeast(facts.sqlite, 3, 37)
                ? DoctorCheck(.machine, "sqlite", .ok, facts.sqlite)
                : DoctorCheck(
                    .machine, "sqlite", .failure, facts.sqlite,
                    advice: "install SQLite 3.37 or later"),
            memory(facts.memory), cgroup(facts.cgroup),
            limit(
                "inotify watches", facts.inotifyWatches, atLeast: 8192,
                "sysctl fs.inotify.max_user_watches=65536"),
            limit(
                "inotify instances", facts.inotifyInstances, atLeast: 64,
                "sysctl fs.inotify.max_user_instances=512"),
            limit("open files", facts.openFiles, atLeast: 1024, "ulimit -n 4096"),
            room(facts.trees), identity(facts),
        ]
    }

    private static func unknown(_ about: Topic, _ name: String) -> DoctorCheck {
        DoctorCheck(about, name, .warning, "could not be looked at")
    }

    private static func git(_ version: String?) -> DoctorCheck {
        guard let version else {
            return DoctorCheck(.machine, "git", .failure, "not found", advice: "install git")
        }
        // 2.39: merge-tree --write-tree --stdin (git's release notes), which checks our own answer.
        guard Versions.isAtLeast(version, 2, 39) else {
            return DoctorCheck(
                .machine, "git", .warning, version,
                advice: "git 2.39 or later is needed to decide the hardest conflicts")
        }
        return DoctorCheck(.machine, "git", .ok, version)
    }

    private static func memory(_ space: DoctorFacts.Space?) -> DoctorCheck {
        guard let space else {
            return DoctorCheck(
                .machine, "memory file system", .warning, "none that can be written to",
                advice: "worktrees are made on disk, which is slower")
        }
        return DoctorCheck(
            .machine, "memory file system", .ok, "\(space.path), \(size(space.free)) free")
    }

    private static func cgroup(_ cgroup: DoctorFacts.Cgroup?) -> DoctorCheck {
        let name = "control groups"
        let advice = "workers' processes are found by other means, which a hostile one can escape"
        switch cgroup {
        case nil: return unknown(.machine, name)
        case .usable?: return DoctorCheck(.machine, name, .ok, "version 2, usable")
        case .readOnly?:
            return DoctorCheck(
                .machine, name, .warning, "version 2, but this user can make none",
                advice: advice)
        case .absent?:
            return DoctorCheck(.machine, name, .warning, "no version 2", advice: advice)
        }
    }

    private static func limit(
        _ name: String, _ value: Int?, atLeast least: Int, _ command: String
    ) -> DoctorCheck {
        guard let value else { return unknown(.machine, name) }
        return value >= least
            ? DoctorCheck(.machine, name, .ok, "\(value)")
            : DoctorCheck(.machine, name, .warning, "\(value)", advice: "raise it: \(command)")
    }

    private static func room(_ space: DoctorFacts.Space?) -> DoctorCheck {
        let name = "room for worktrees"
        guard let space else { return unknown(.machine, name) }
        let inodes = space.freeInodes.map { ", \($0) inodes" } ?? ""
        let found = "\(size(space.free))\(inodes) free at \(space.path)"
        // A worktree of a middling project: some 10,000 files and 100 MB; eight of them at once.
        let isFull = space.free < 100_000_000 || (space.freeInodes ?? .max) < 10_000
        let isTight = space.free < 1_000_000_000 || (space.freeInodes ?? .max) < 100_000
        return DoctorCheck(
            .machine, name, isFull ? .failure : isTight ? .warning : .ok, found,
            advice: isTight ? "make room, or set worktrees to a larger file system" : nil)
    }

    private static func identity(_ facts: DoctorFacts) -> DoctorCheck {
        guard let hasIdentity = facts.hasIdentity else { return unknown(.machine, "identity") }
        return hasIdentity
            ? DoctorCheck(.machine, "identity", .ok, "git knows who commits")
            : DoctorCheck(
                .machine, "identity", .warning, "git does not know who commits",
                advice: "git config --global user.name NAME, and user.email ADDRESS")
    }

    /// For people: `512 MB`, `3.5 GB`.
    private static func size(_ bytes: Int) -> String {
        if bytes < 1_000_000_000 { return "\(bytes / 1_000_000) MB" }
        return "\((Double(bytes) / 1e8).rounded() / 10) GB"
    }
}

/// Dotted version numbers.
enum Versions {
    /// Compares the first two numbers; a text that is no version is older than any.
    static func isAtLeast(_ version: String, _ major: Int, _ minor: Int) -> Bool {
        let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? -1 }
        guard numbers.count == 2 else { return false }
        return numbers[0] > major || (numbers[0] == major && numbers[1] >= minor)
    }
}
