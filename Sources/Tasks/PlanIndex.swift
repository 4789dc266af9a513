import YAML

/// Where each part of a plan stands in its text.
struct PlanIndex {
    let file: String
    private var keys: [String: YAMLMark] = [:]
    private var values: [String: YAMLMark] = [:]
    private var spellings: [String: String] = [:]

    /// An index of nothing, for plans that have no text.
    init() { file = "" }

    init(_ node: YAMLNode, file: String) {
        self.file = file
        add(node, path: "")
    }

    private mutating func add(_ node: YAMLNode, path: String) {
        values[path] = node.mark
        switch node.value {
        case .scalar(let scalar): spellings[path] = scalar.text
        case .sequence(let items):
            for (number, item) in items.enumerated() { add(item, path: "\(path)[\(number)]") }
        case .mapping(let entries):
            for entry in entries {
                let below = PlanIndex.path(path, entry.key)
                keys[below] = entry.mark
                add(entry.value, path: below)
            }
        }
    }

    /// The path of a key.
    static func path(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : path + "." + key
    }

    /// The scalar's text as it was written, so that `0755` is not read as 755.
    func spelling(at path: String) -> String? { spellings[path] }

    /// The place of a key, or of the value that should hold it.
    func mark(ofKey path: String) -> YAMLMark? { keys[path] ?? mark(of: path) }

    /// The place of a value, or of the nearest one around it that exists.
    func mark(of path: String) -> YAMLMark? {
        var rest = path
        while true {
            if let mark = values[rest] { return mark }
            guard let cut = rest.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            rest = String(rest[..<cut])
        }
        return values[""]
    }
}
