package import Base

/// What a plan or the settings say of the sandbox of workers; nil and empty lists leave the usual.
///
/// Paths are as they were written: `~/`, and relative ones in `hide` and `show`, mean something only where the run begins.
package struct SandboxWishes: Hashable, Sendable {
    /// What of the network a worker sees.
    package enum Network: String, CaseIterable, Sendable { case none, loopback, all }

    /// Places that workers may write to, beside their own.
    package var write: [String] = []
    /// Places that workers cannot read, beside the usual.
    package var hide: [String] = []
    /// Usually hidden places that workers can read.
    package var show: [String] = []
    /// What of the network is there.
    package var network: Network?
    /// Processes of one worker at a time.
    package var processes: Int?
    /// Bytes of memory of one worker.
    package var memory: Int?

    /// Nothing said.
    package init() {}

    /// What both say: lists together, and of single values the other's where it has one.
    package func completed(by other: SandboxWishes) -> SandboxWishes {
        var both = self
        both.write += other.write
        both.hide += other.hide
        both.show += other.show
        both.network = network ?? other.network
        both.processes = processes ?? other.processes
        both.memory = memory ?? other.memory
        return both
    }

    /// Without what is nil or empty.
    package var json: JSON {
        var members = JSON.Members()
        for (key, paths) in [("write", write), ("hide", hide), ("show", show)]
        where !paths.isEmpty { members[key] = .array(paths.map { .string($0) }) }
        members["network"] = network.map { .string($0.rawValue) }
        members["processes"] = processes.map { .int($0) }
        members["memory"] = memory.map { .int($0) }
        return .object(members)
    }

    /// Reads ``json`` back, and the settings' form of it; what it does not know it passes over.
    package init(json: JSON) {
        func texts(_ key: String) -> [String] {
            (json[key]?.arrayValue ?? []).compactMap(\.stringValue)
        }
        write = texts("write")
        hide = texts("hide")
        show = texts("show")
        network = json["network"]?.stringValue.flatMap(Network.init)
        processes = json["processes"]?.intValue
        memory = json["memory"]?.intValue
    }

    /// Keys of a mapping of wishes.
    static let keys = ["write", "hide", "show", "network", "processes", "memory"]
}

extension PlanDecoder {
    mutating func sandbox(_ top: PlanReader.Fields) -> SandboxWishes {
        var wishes = SandboxWishes()
        guard let fields = reader.fields(top, "sandbox", keys: SandboxWishes.keys) else {
            return wishes
        }
        wishes.write = reader.places(fields, "write")
        wishes.hide = reader.texts(fields, "hide")
        wishes.show = reader.texts(fields, "show")
        wishes.network = reader.word(fields, "network", SandboxWishes.Network.self)
        wishes.processes = reader.whole(fields, "processes", in: 1...1_000_000)
        wishes.memory = reader.size(fields, "memory")
        return wishes
    }
}

extension PlanReader {
    /// Paths that mean the same wherever they are read. A relative one would look like the worker's own tree, which
    /// needs no grant, and open the user's worktree.
    fileprivate mutating func places(_ owner: Fields, _ key: String) -> [String] {
        var places: [String] = []
        for (value, path) in items(owner, key) {
            guard let text = text(value, at: path) else { continue }
            if text.hasPrefix("/") || text == "~" || text.hasPrefix("~/") {
                places.append(text)
            } else {
                report(
                    .invalidValue, at: path, found: PlanReader.quote(text),
                    expected: "a path that begins with / or ~/; a worker's own tree needs no grant")
            }
        }
        return places
    }

    /// Bytes above zero: a whole number, or text such as `512M`, `2G` or `10MB`.
    mutating func size(_ owner: Fields, _ key: String) -> Int? {
        guard let value = owner.members[key] else { return nil }
        let path = owner.path(key)
        let text = value.stringValue ?? ""
        let units = [
            "": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "KiB": 1 << 10, "MiB": 1 << 20,
            "GiB": 1 << 30, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
        ]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let number =
            value.intValue
            ?? Int(digits).flatMap { number in
                units[String(unit)].map { number.multipliedReportingOverflow(by: $0) }
                    .flatMap { $0.overflow ? nil : $0.partialValue }
            }
        guard let number, number > 0 else {
            report(
                .invalidValue, at: path, found: describe(value, at: path),
                expected: "a size such as 512M, 2G or 10MB")
            return nil
        }
        return number
    }
}
