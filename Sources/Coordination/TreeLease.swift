package import Base

/// What one tree has of the machine for itself, beside its folder: a name, a temporary folder, ports.
package struct TreeLease: Hashable, Sendable {
    /// How often the tree had been set up before under the same key, after crashes.
    package let number: Int
    /// Letters and digits, a letter first: fits databases, containers, host names, sockets.
    package let name: String
    /// Its folder for temporary files, which goes with the tree.
    package let temporary: AbsolutePath
    /// Ports by the name that the plan gives them, ascending.
    package let ports: [String: [Int]]

    /// Variables for everything that runs in the tree.
    var environment: [String: String] {
        var variables = [
            "TREEGUILD_NAME": name, "TREEGUILD_TMP": temporary.description,
            "TMPDIR": temporary.description,
        ]
        for (name, ports) in ports {
            variables["TREEGUILD_PORT_\(name)"] = ports.map(String.init).joined(separator: " ")
        }
        return variables
    }

    /// The same without ports that somebody else has by now.
    func keeping(_ held: Set<Int>) -> TreeLease {
        TreeLease(
            number: number, name: name, temporary: temporary,
            ports: ports.filter { held.isSuperset(of: $0.value) })
    }
}

extension TreeLease: Recorded {
    /// The form that the ledger keeps.
    package var json: JSON {
        let sorted = ports.sorted { $0.key < $1.key }
        return [
            "number": .int(number), "name": .string(name),
            "temporary": .string(temporary.description),
            "ports": .object(
                JSON.Members(sorted.map { ($0.key, .array($0.value.map { .int($0) })) })),
        ]
    }

    init?(json: JSON) {
        guard let temporary = AbsolutePath(json.text("temporary")) else { return nil }
        let ports = (json["ports"]?.objectValue?.pairs ?? []).map { pair in
            (pair.key, (pair.value.arrayValue ?? []).compactMap(\.intValue))
        }
        self.init(
            number: json.count("number"), name: json.text("name"), temporary: temporary,
            ports: Dictionary(ports, uniquingKeysWith: { first, _ in first }))
    }
}
