import Agents
import Base

extension CommandError {
    static let agentNotNamed = CommandError(
        .usage, "usage", "'agents show' takes the name of one agent",
        hint: "treeguild agents list")

    static let agentsTakesNoNames = CommandError(
        .usage, "usage", "'agents list' takes no names", hint: "treeguild agents show NAME")

    static func unknownAgent(_ name: String, known: [String]) -> CommandError {
        CommandError(
            .usage, "unknown_agent", "there is no agent '\(name)'",
            hint: "known are \(Phrase.allOf(known)); see: treeguild agents list")
    }
}

extension DefinitionProblem {
    /// `path:line: what is wrong`.
    var words: String { "\(file):\(line): \(isWarning ? "warning: " : "")\(fault)" }

    /// What is wrong, without the place.
    var fault: String {
        switch kind {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .notUTF8: "not UTF-8"
        case .noFrontMatter: "must begin with front matter between lines ---"
        case .openFrontMatter: "the front matter has no second line ---"
        case .yaml(let reason): reason.words
        case .notMapping: "the front matter must be a list of 'field: value'"
        case .missing(let field): "'\(field)' is missing"
        case .invalid(let field, let found, let expected):
            "\(field): found '\(found)', expected \(expected)"
        case .unknownField(let field, let nearest):
            "unknown field '\(field)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .duplicate(let name, let first):
            "'\(name)' is defined already" + (first.map { " in \($0)" } ?? "")
        case .emptyPrompt: "there is no prompt behind the front matter"
        case .unknownTool(let entry): "tools: there is no tool '\(entry)'"
        }
    }
}
