package import Base
package import Processes

/// What the sandbox of a run was in fact: what was asked for, as far as the system could give it.
package struct SandboxRecord: Hashable, Sendable {
    private let options: SandboxOptions
    private let support: SandboxSupport
    /// Changes of the user's repository: `{task, by, paths, count}` each.
    package let changes: [JSON]

    /// Puts wishes and support together.
    package init(_ options: SandboxOptions, _ support: SandboxSupport, changes: [JSON] = []) {
        self.options = options
        self.support = support
        self.changes = changes
    }

    /// What a worker could do all the same, in a sentence each; empty when nothing is missing.
    package var gaps: [String] {
        guard options.isOn else {
            return ["off, as asked for: commands could write and read whatever their user can"]
        }
        var gaps: [String] = []
        if support.landlock == 0 {
            gaps.append("this kernel has no Landlock: commands could write wherever their user can")
        } else if !support.holdsWrites {
            gaps.append("Landlock here does not know truncation: files outside could be emptied")
        }
        if !support.canMount {
            gaps.append(
                support.landlock == 0
                    ? "no mounts of one's own here: secrets and other trees could be read"
                    : "no mounts of one's own here: modes and times of files outside could be changed"
            )
        }
        if options.processes != nil, !support.holdsProcesses {
            gaps.append("no cgroup for processes here: their number was not bounded")
        }
        if options.memory != nil, !support.canBoundMemory {
            gaps.append("no cgroup for memory here: it was not bounded")
        }
        return gaps
    }

    /// The member `sandbox` of `treeguild.run/1`.
    package var json: JSON {
        [
            "enabled": .bool(options.isOn),
            "landlock": .int(options.isOn ? support.landlock : 0),
            "hides": .bool(options.isOn && (support.canMount || support.landlock > 0)),
            "network": .string(options.isOn ? options.network.rawValue : "all"),
            "processes": options.isOn && support.holdsProcesses
                ? options.processes.map { .int($0) } ?? .null : .null,
            "memory": options.isOn && support.canBoundMemory
                ? options.memory.map { .int($0) } ?? .null : .null,
            "gaps": .array(gaps.map { .string($0) }), "changes": .array(changes),
        ]
    }
}
