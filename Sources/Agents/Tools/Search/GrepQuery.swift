import Base

/// What a search asks for.
struct GrepQuery: Sendable {
    enum Mode: String, Sendable {
        case content
        case files = "files_with_matches"
        case count
    }

    let pattern: String
    /// Nil for the whole tree.
    let path: String?
    let globs: [PathGlob]
    let types: [PathGlob]
    let mode: Mode
    let isCaseless: Bool
    let showsNumbers: Bool
    let onlyMatching: Bool
    let before: Int
    let after: Int
    /// Lines of the answer; nil for all.
    let limit: Int?
    let offset: Int
    let isMultiline: Bool

    /// Lines of an answer when no number is asked for.
    static let defaultLimit = 250

    init(_ input: JSON) throws(ToolRefusal) {
        pattern = input.text("pattern")
        path = input["path"]?.stringValue
        globs = GrepQuery.words(input.text("glob")).map { PathGlob($0) }
        if let type = input["type"]?.stringValue {
            guard let known = FileTypes.globs[type] else {
                let names = FileTypes.globs.keys.sorted().joined(separator: ", ")
                throw ToolRefusal("Unknown type \(type). Known: \(names). Use glob for others.")
            }
            types = known.map { PathGlob($0) }
        } else {
            types = []
        }
        mode = input["output_mode"]?.stringValue.flatMap(Mode.init(rawValue:)) ?? .files
        isCaseless = input.flag("-i")
        showsNumbers = input["-n"]?.boolValue ?? true
        onlyMatching = input.flag("-o")
        let around = input.number("-C") ?? input.number("context")
        before = input.number("-B") ?? around ?? 0
        after = input.number("-A") ?? around ?? 0
        let limit = input.number("head_limit") ?? GrepQuery.defaultLimit
        self.limit = limit == 0 ? nil : limit
        offset = input.number("offset") ?? 0
        isMultiline = input.flag("multiline")
    }

    /// Several patterns may stand in one text, divided by spaces or by commas outside braces.
    private static func words(_ text: String) -> [String] {
        var words: [String] = [""]
        var depth = 0
        for character in text {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if character == " " || character == ",", depth == 0 {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    /// Whether a file below the searched folder is looked into.
    func wants(_ path: ArraySlice<UInt8>) -> Bool {
        if !types.isEmpty, !types.contains(where: { $0.matches(path) }) { return false }
        guard !globs.isEmpty else { return true }
        // The last pattern that matches decides; with only `!` patterns the rest is wanted.
        if let last = globs.last(where: { $0.matches(path) }) { return !last.isNegated }
        return globs.allSatisfy(\.isNegated)
    }
}
