import Agents
import Base
import Coordination

extension CommandError {
    static let agentNotNamed = CommandError(
        .usage, "usage", "'agents show' takes the name of one agent",
        hint: "treeguild agents list")

    static let agentsTakesNoNames = CommandError(
        .usage, "usage", "'agents list' takes no names", hint: "treeguild agents show NAME")

    /// - Parameter broken: files of definitions that cannot be used: one of them may be meant.
    static func unknownAgent(
        _ name: String, known: [String], broken: [DefinitionProblem] = []
    ) -> CommandError {
        CommandError(
            .usage, "unknown_agent",
            "there is no agent '\(name)'"
                + (broken.isEmpty ? "" : ", and there are definitions that cannot be used"),
            hint: "known are \(Phrase.allOf(known)); see: treeguild agents list",
            details: broken.map(\.words))
    }
}

extension CommandError {
    /// An agent of a plan that cannot work.
    static func noWorker(_ problem: AgentCrew.Problem) -> CommandError {
        let hint: String
        switch problem {
        case .unknownAgent(let name, let known, let broken):
            return unknownAgent(name, known: known, broken: broken)
        case .noModel:
            hint =
                "name one with --model, TREEGUILD_MODEL or the setting 'model', such as "
                + "anthropic/claude-sonnet-5-5 or ollama/qwen3-coder; or give the task a command"
        case .model(let problem, _): hint = problem.hint
        case .unpriced(let model, _, _):
            return CommandError(
                .usage, "no_price", problem.message,
                hint:
                    "give its price, dollars for a million tokens, in prices.yaml beside your config.yaml: "
                    + "'models: {\(model.model): {input: 1.5, output: 6}}'; "
                    + "or limit tokens instead, with 'budget: {tokens: 2000000}' in the plan")
        case .linkedMemory(let path, _): hint = "remove the link \(path)"
        case .http: hint = "see: treeguild doctor"
        case .program(let facts):
            return CommandError(.usage, "no_program", problem.message, hint: facts.hint)
        case .programs(let programs) where programs.count > 1:
            return CommandError(
                .usage, "no_program", problem.message,
                hint: "treeguild agents doctor says what each of them needs",
                details: programs.map { "\($0.words); \($0.facts.hint)" })
        case .programs(let programs):
            return CommandError(
                .usage, "no_program", problem.message, hint: programs.first?.facts.hint)
        }
        return CommandError(.usage, "no_model", problem.message, hint: hint)
    }

    static func badRule(
        _ rule: String, _ key: String, _ problem: PermissionRule.Problem
    ) -> CommandError {
        let why =
            switch problem {
            case .missingTool: "it names no tool"
            case .unbalanced: "a parenthesis is not closed at its end"
            case .wildcardAllows: "a tool that is allowed must be named in full"
            case .misplacedColon: "':*' may only stand at the end of a command"
            }
        return CommandError(
            .usage, "bad_rule", "permissions.\(key): '\(rule)' is no rule: \(why)",
            hint: "rules look like Bash(git diff *), Edit(src/**) or WebFetch")
    }
}

extension ProviderCatalog.Problem {
    /// What to do about it.
    var hint: String {
        switch self {
        case .unreadableName:
            "models are named PROVIDER/MODEL, such as anthropic/claude-sonnet-5-5 or ollama/qwen3-coder"
        case .unknownProvider(_, let known):
            "known are \(Phrase.allOf(known)); others are made by the setting 'providers'"
        case .incomplete(let provider, let missing):
            "set providers.\(provider).\(missing)"
        case .missingKey(let provider, let variables):
            "set \(Phrase.anyOf(variables)) to a key of \(provider), or providers.\(provider).key_variable "
                + "to the variable that has it; a local model needs none: ollama/qwen3-coder"
        case .invalidURL(_, _, let origin):
            "correct \(origin == "setting" ? "its base_url" : origin), such as http://127.0.0.1:8000/v1"
        case .invalidHeader: "ANTHROPIC_CUSTOM_HEADERS has lines of 'Name: value'"
        case .invalidKey(_, let variable): "\(variable) must have no spaces or line breaks"
        case .unreadableFile: "a path is looked up from where treeguild is started"
        case .invalidScript: "treeguild model-server --help shows what a script may hold"
        case .invalidTranscript:
            "transcripts lie in .git/treeguild/runs/RUN/TASK/…/transcript.jsonl"
        }
    }
}

extension Transcript.Problem {
    /// Half a sentence.
    var words: String {
        switch self {
        case .file(let error): error.reason
        case .inUse: "another process writes to it"
        case .damaged(let line): "line \(line) is damaged"
        }
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
