import Base
import YAML

/// Turns nodes into checked values, collecting what is wrong and what needs approval.
struct SettingReader {
    /// Where a mark of this text lies.
    let source: @Sendable (YAMLMark) -> SettingsProblem.Source
    /// What relative folders are relative to.
    let base: AbsolutePath
    let home: AbsolutePath?
    /// True for a variable or option, where `1` may be a text.
    var isLoose = false
    private(set) var problems: [SettingsProblem] = []
    private(set) var approvals: [ApprovalItem] = []

    init(
        base: AbsolutePath, home: AbsolutePath?, isLoose: Bool = false,
        source: @escaping @Sendable (YAMLMark) -> SettingsProblem.Source
    ) {
        self.base = base
        self.home = home
        self.isLoose = isLoose
        self.source = source
    }

    /// The values of a file's keys, in its order.
    mutating func values(
        of node: YAMLNode
    ) -> [(key: SettingKey, value: JSON, mark: YAMLMark)] {
        if case .scalar(let scalar) = node.value, scalar.tag == .null { return [] }
        guard let entries = node.entries else {
            note(node.mark, "", .badValue(found: found(node), expected: "keys with values"))
            return []
        }
        let names = SettingKey.all.map(\.name)
        return entries.compactMap { entry in
            guard let key = SettingKey.named(entry.key) else {
                let nearest = Spelling.nearest(to: entry.key, in: names)
                note(entry.mark, entry.key, .unknownKey(nearest: nearest))
                return nil
            }
            return read(entry.value, as: key.type, path: key.name).map { (key, $0, entry.mark) }
        }
    }

    /// The checked value in its normal form: seconds, bytes, absolute paths; nil after a problem.
    mutating func read(_ node: YAMLNode, as type: SettingType, path: String) -> JSON? {
        switch type {
        case .trusted(let inner):
            let value = read(node, as: inner, path: path)
            if let value { noteApproval(node, type, path, value) }
            return value
        case .list(let element):
            guard let items = node.items else { return refuse(node, type, path) }
            return .array(
                items.enumerated().compactMap { read($1, as: element, path: "\(path)[\($0)]") })
        case .map(let element):
            guard let entries = node.entries else { return refuse(node, type, path) }
            let pairs = entries.compactMap { entry in
                read(entry.value, as: element, path: "\(path).\(entry.key)").map { (entry.key, $0) }
            }
            return .object(JSON.Members(pairs))
        case .record(let fields): return record(node, fields, type, path)
        case .short(let single, let field, let fields):
            if node.entries != nil { return record(node, fields, type, path) }
            guard let value = node.scalar.flatMap({ self.single($0, single) }) else {
                return refuse(node, type, path)
            }
            return .object(JSON.Members([(field, value)]))
        case .either(let single, let fields):
            if node.entries != nil { return record(node, fields, type, path) }
            guard let value = node.scalar.flatMap({ self.single($0, single) }) else {
                return refuse(node, type, path)
            }
            return value
        default:
            guard let scalar = node.scalar, let value = single(scalar, type) else {
                return refuse(node, type, path)
            }
            noteApproval(node, type, path, value)
            return value
        }
    }

    private mutating func record(
        _ node: YAMLNode, _ fields: [SettingType.Field], _ type: SettingType, _ path: String
    ) -> JSON? {
        guard let entries = node.entries else { return refuse(node, type, path) }
        var members = JSON.Members()
        for entry in entries {
            let place = "\(path).\(entry.key)"
            guard let field = fields.first(where: { $0.name == entry.key }) else {
                let known = fields.map(\.name)
                let nearest = Spelling.nearest(to: entry.key, in: known)
                note(entry.mark, place, .unknownKey(nearest: nearest, known: known))
                continue
            }
            members[entry.key] = read(entry.value, as: field.type, path: place)
        }
        for field in fields where field.isRequired && node[field.name] == nil {
            note(node.mark, path, .missingKey(field.name))
        }
        return .object(members)
    }

    private func single(_ scalar: YAMLScalar, _ type: SettingType) -> JSON? {
        let text = scalar.text
        let isText = (scalar.tag == .string || isLoose) && !text.isEmpty
        switch type {
        case .text, .glob, .command: return isText ? .string(text) : nil
        case .choice(let words): return words.contains(text) ? .string(text) : nil
        case .folder: return isText ? folder(text).map { .string($0.description) } : nil
        case .count: return Int(text).flatMap { $0 >= 1 ? .int($0) : nil }
        case .amount: return Double(text).flatMap { $0.isFinite && $0 >= 0 ? .double($0) : nil }
        case .size: return Quantity.bytes(text).map { .int($0) }
        case .duration: return Quantity.seconds(text).map { .double($0) }
        case .portRange: return PortRange.parse(text) == nil ? nil : .string(text)
        case .boolean: return ["true": true, "false": false][text].map { .bool($0) }
        case .scalar: return scalar.json
        case .trusted, .list, .map, .record, .short, .either: return nil
        }
    }

    private func folder(_ text: String) -> AbsolutePath? {
        guard text.hasPrefix("~/") else { return AbsolutePath(text, relativeTo: base) }
        return home?.appending(String(text.dropFirst(2)))
    }

    private mutating func noteApproval(
        _ node: YAMLNode, _ type: SettingType, _ path: String, _ value: JSON
    ) {
        switch type {
        // A folder is where the program will write.
        case .command, .folder, .trusted:
            approvals.append(
                ApprovalItem(
                    setting: path, text: value.stringValue ?? value.compact, line: node.mark.line))
        default: break
        }
    }

    private mutating func refuse(_ node: YAMLNode, _ type: SettingType, _ path: String) -> JSON? {
        note(node.mark, path, .badValue(found: found(node), expected: type.expected))
        return nil
    }

    private mutating func note(
        _ mark: YAMLMark, _ path: String, _ kind: SettingsProblem.Kind
    ) {
        problems.append(SettingsProblem(source: source(mark), path: path, kind: kind))
    }

    private func found(_ node: YAMLNode) -> String {
        switch node.value {
        case .sequence: "a list"
        case .mapping: "keys with values"
        case .scalar(let scalar): scalar.text.isEmpty ? "nothing" : "'\(scalar.text)'"
        }
    }
}

/// One thing of the repository's settings that needs the user's approval.
struct ApprovalItem: Equatable, Sendable {
    /// The key's path, such as `setup.run[0]`.
    let setting: String
    /// The command line, or the folder.
    let text: String
    /// Line of the file, from 1.
    let line: Int
}
