import Base
import Foundation

/// The part of JSON Schema 2020-12 that the program's own schemas use, stricter in one thing:
/// a member that the schema does not name is a problem, so that no output goes undocumented.
struct SchemaChecker {
    private static let keywords: Set = [
        "$schema", "title", "description", "type", "properties", "required", "items", "anyOf",
        "enum", "const", "minimum", "maximum", "exclusiveMinimum", "pattern", "format",
        "additionalProperties",
    ]

    /// What is wrong with the document, each with its path.
    static func problems(_ document: JSON, _ schema: JSON, at path: String = "") -> [String] {
        guard let members = schema.objectValue else { return ["\(path): the schema is no object"] }
        var out: [String] = []
        for pair in members.pairs {
            if !keywords.contains(pair.key) { out.append("\(path): keyword \(pair.key)") }
            if let problem = problem(document, pair.key, pair.value) {
                out.append("\(path): \(problem)")
            }
        }
        if let choices = schema["anyOf"]?.arrayValue {
            let all = choices.map { problems(document, $0, at: path) }
            if !all.contains([]) { out += all.first ?? ["\(path): anyOf is empty"] }
        }
        if let items = schema["items"], let values = document.arrayValue {
            for (index, value) in values.enumerated() {
                out += problems(value, items, at: "\(path)[\(index)]")
            }
        }
        let named = schema["properties"] ?? (schema["additionalProperties"] == nil ? nil : [:])
        if let properties = named?.objectValue, let object = document.objectValue {
            for pair in object.pairs {
                guard let property = properties[pair.key] ?? schema["additionalProperties"],
                    property.objectValue != nil
                else {
                    out.append("\(path).\(pair.key): not in the schema")
                    continue
                }
                out += problems(pair.value, property, at: "\(path).\(pair.key)")
            }
        }
        return out
    }

    private static func problem(_ document: JSON, _ keyword: String, _ value: JSON) -> String? {
        switch keyword {
        case "type":
            let types = (value.arrayValue ?? [value]).compactMap(\.stringValue)
            let isOne = types.contains { isType(document, $0) }
            return isOne ? nil : "expected \(value.compact)"
        case "const": return document == value ? nil : "expected \(value.compact)"
        case "enum":
            let isOne = value.arrayValue?.contains(document) == true
            return isOne ? nil : "\(document.compact) is not in \(value.compact)"
        case "minimum":
            guard let number = document.doubleValue, let least = value.doubleValue else {
                return nil
            }
            return number >= least ? nil : "\(number) is below \(least)"
        case "exclusiveMinimum":
            guard let number = document.doubleValue, let least = value.doubleValue else {
                return nil
            }
            return number > least ? nil : "\(number) is not above \(least)"
        case "maximum":
            guard let number = document.doubleValue, let most = value.doubleValue else {
                return nil
            }
            return number <= most ? nil : "\(number) is above \(most)"
        case "required":
            guard let object = document.objectValue else { return nil }
            let missing = (value.arrayValue ?? []).compactMap(\.stringValue).filter {
                object[$0] == nil
            }
            return missing.isEmpty ? nil : "missing \(missing)"
        case "pattern":
            guard let text = document.stringValue, let pattern = value.stringValue else {
                return nil
            }
            let range = text.range(of: pattern, options: .regularExpression)
            return range == nil ? "\(text) does not match \(pattern)" : nil
        case "format":
            guard value == "date-time", let text = document.stringValue else {
                return value == "date-time" ? nil : "unknown format"
            }
            let pattern = #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"#
            let range = text.range(of: pattern, options: .regularExpression)
            return range == nil ? "\(text) is no time in UTC" : nil
        default: return nil
        }
    }

    private static func isType(_ document: JSON, _ type: String) -> Bool {
        switch type {
        case "object": document.objectValue != nil
        case "array": document.arrayValue != nil
        case "string": document.stringValue != nil
        case "boolean": document.boolValue != nil
        case "integer": document.intValue != nil
        case "number": document.doubleValue != nil
        case "null": document.isNull
        default: false
        }
    }
}
