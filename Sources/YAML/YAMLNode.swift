package import Base

/// A place in a text: line and column count from 1, columns in Unicode scalars.
package struct YAMLMark: Hashable, Sendable, Comparable {
    /// The first is 1.
    package let line: Int
    /// The first is 1; a byte order mark has none.
    package let column: Int

    /// A place that the caller has counted.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (a: YAMLMark, b: YAMLMark) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// One value of a YAML document, with the place where it stands.
package struct YAMLNode: Hashable, Sendable {
    /// Where the value begins; for an alias, where the alias stands.
    package let mark: YAMLMark
    /// What stands there.
    package let value: Value

    /// A node that was not parsed, such as a part of another format.
    package init(mark: YAMLMark, value: Value) {
        self.mark = mark
        self.value = value
    }

    /// What the core schema of YAML 1.2 makes of a node.
    package enum Value: Hashable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the text, each key once.
        case mapping([YAMLEntry])
    }
}

/// One key of a mapping with its value.
package struct YAMLEntry: Hashable, Sendable {
    /// The key's text.
    package let key: String
    /// Where the key begins.
    package let mark: YAMLMark
    /// The value with its own place.
    package let value: YAMLNode

    /// An entry that was not parsed.
    package init(key: String, mark: YAMLMark, value: YAMLNode) {
        self.key = key
        self.mark = mark
        self.value = value
    }
}

extension YAMLNode {
    /// The value without its places. Infinities and NaN, which JSON cannot say, become null.
    package var json: JSON {
        switch value {
        case .scalar(let scalar): scalar.json
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries): .object(JSON.Members(entries.map { ($0.key, $0.value.json) }))
        }
    }

    /// The value under a key of a mapping; nil for anything else.
    package subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

    /// The entries of a mapping.
    package var entries: [YAMLEntry]? {
        if case .mapping(let entries) = value { entries } else { nil }
    }

    /// The items of a sequence.
    package var items: [YAMLNode]? { if case .sequence(let items) = value { items } else { nil } }

    /// The scalar, whatever its tag.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = value { scalar } else { nil }
    }
}
