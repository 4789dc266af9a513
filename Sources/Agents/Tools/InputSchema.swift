package import Base

/// Checks a value against the part of JSON Schema that tools use.
///
/// Knows `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
/// `minimum`, `maximum`, `minLength`, `maxLength`, `minItems`, `maxItems`, `anyOf`. Other words are ignored.
package struct InputSchema: Sendable {
    private let schema: JSON

    /// Takes a schema as it is told to a model.
    package init(_ schema: JSON) { self.schema = schema }

    /// What a value breaks.
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// Such as `edits[0].old_string`; empty for the value itself.
        package let path: String
        /// What was expected there.
        package let expected: String

        package var description: String {
            path.isEmpty ? expected : "`\(path)`: \(expected)"
        }
    }

    /// All that is wrong, in the order of the value; empty when it fits.
    package func problems(of value: JSON) -> [Problem] {
        InputSchema.problems(value, schema, "")
    }

    private static func problems(_ value: JSON, _ schema: JSON, _ path: String) -> [Problem] {
        if let types = types(of: schema), !types.contains(where: { fits(value, $0) }) {
            let expected = "expected \(types.joined(separator: " or ")), got \(name(of: value))"
            return [Problem(path: path, expected: expected)]
        }
        if let options = schema["anyOf"]?.arrayValue, !options.isEmpty,
            !options.contains(where: { problems(value, $0, path).isEmpty })
        {
            return [Problem(path: path, expected: "fits none of the forms that are allowed")]
        }
        if let constant = schema["const"], !isEqual(constant, value) {
            return [Problem(path: path, expected: "expected \(constant.compact)")]
        }
        if let words = schema["enum"]?.arrayValue, !words.contains(where: { isEqual($0, value) }) {
            let list = words.map(\.compact).joined(separator: ", ")
            return [Problem(path: path, expected: "expected one of \(list)")]
        }
        switch value {
        case .object(let members): return problems(members, schema, path)
        case .array(let items): return problems(items, schema, path)
        case .number: return bounds(value.doubleValue, schema, "minimum", "maximum", "", path)
        case .string(let text):
            let count = Double(text.unicodeScalars.count)
            return bounds(count, schema, "minLength", "maxLength", " characters", path)
        default: return []
        }
    }

    private static func problems(
        _ members: JSON.Members, _ schema: JSON, _ path: String
    ) -> [Problem] {
        let known = schema["properties"]?.objectValue ?? JSON.Members()
        var out: [Problem] = []
        for key in schema["required"]?.arrayValue ?? [] {
            guard let key = key.stringValue, members[key] == nil else { continue }
            let kind = known[key].flatMap(types(of:))?.joined(separator: " or ")
            let expected = "is required" + (kind.map { " (\($0))" } ?? "")
            out.append(Problem(path: join(path, key), expected: expected))
        }
        for pair in members.pairs {
            if let inner = known[pair.key] {
                out += problems(pair.value, inner, join(path, pair.key))
            } else if schema["additionalProperties"] == .bool(false) {
                let names = known.pairs.map(\.key).joined(separator: ", ")
                let expected = "is unknown; known: \(names.isEmpty ? "none" : names)"
                out.append(Problem(path: join(path, pair.key), expected: expected))
            } else if let inner = schema["additionalProperties"], inner.objectValue != nil {
                out += problems(pair.value, inner, join(path, pair.key))
            }
        }
        return out
    }

    private static func problems(_ items: [JSON], _ schema: JSON, _ path: String) -> [Problem] {
        let count = Double(items.count)
        var out = bounds(count, schema, "minItems", "maxItems", " items", path)
        if let inner = schema["items"] {
            for (index, item) in items.enumerated() {
                out += problems(item, inner, "\(path)[\(index)]")
            }
        }
        return out
    }

    private static func bounds(
        _ number: Double?, _ schema: JSON, _ low: String, _ high: String, _ unit: String,
        _ path: String
    ) -> [Problem] {
        guard let number else { return [] }
        if let limit = schema[low]?.doubleValue, number < limit {
            let text = "expected at least \(schema[low]?.compact ?? "")\(unit)"
            return [Problem(path: path, expected: text)]
        }
        if let limit = schema[high]?.doubleValue, number > limit {
            let text = "expected at most \(schema[high]?.compact ?? "")\(unit)"
            return [Problem(path: path, expected: text)]
        }
        return []
    }

    private static func types(of schema: JSON) -> [String]? {
        switch schema["type"] {
        case .string(let name)?: [name]
        case .array(let names)?: names.compactMap(\.stringValue)
        default: nil
        }
    }

    private static func fits(_ value: JSON, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string),
            ("array", .array), ("object", .object):
            true
        // 1.0 is an integer, says JSON Schema.
        case ("integer", .number): value.doubleValue.map { $0 == $0.rounded() } ?? false
        default: false
        }
    }

    /// 1 and 1.0 are one number.
    private static func isEqual(_ a: JSON, _ b: JSON) -> Bool {
        if case .number = a, case .number = b { return a.doubleValue == b.doubleValue }
        return a == b
    }

    private static func name(of value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}

extension InputSchema {
    /// An object that knows only these members; those without `?` at the end of the name are required.
    static func object(_ members: [(String, JSON)]) -> JSON {
        let names = members.map { ($0.0.hasSuffix("?") ? String($0.0.dropLast()) : $0.0, $0.1) }
        let required = members.map(\.0).filter { !$0.hasSuffix("?") }
        return [
            "type": "object", "properties": .object(JSON.Members(names)),
            "required": .array(required.map { .string($0) }), "additionalProperties": false,
        ]
    }

    static func text(_ description: String) -> JSON {
        ["type": "string", "description": .string(description)]
    }

    static func flag(_ description: String) -> JSON {
        ["type": "boolean", "description": .string(description)]
    }

    static func count(_ description: String, from low: Int = 0, to high: Int? = nil) -> JSON {
        var members = JSON.Members([
            ("type", "integer"), ("description", .string(description)), ("minimum", .int(low)),
        ])
        members["maximum"] = high.map { .int($0) }
        return .object(members)
    }

    static func word(_ words: [String], _ description: String) -> JSON {
        [
            "type": "string", "enum": .array(words.map { .string($0) }),
            "description": .string(description),
        ]
    }
}

extension JSON {
    /// A member that is text; empty where there is none.
    func text(_ key: String) -> String { self[key]?.stringValue ?? "" }

    /// A member that is a whole number, also spelled `3.0`; nil where there is none or it is beyond 2^53.
    func number(_ key: String) -> Int? {
        self[key]?.intValue
            ?? self[key]?.doubleValue.flatMap { abs($0) < 9e15 ? Int(exactly: $0) : nil }
    }

    /// A member that is `true`.
    func flag(_ key: String) -> Bool { self[key]?.boolValue ?? false }
}
