import Agents
import Base
import HTTP

extension AgentEnding {
    /// Why the worker ended, for people, with what can be done about it.
    var message: String {
        switch self {
        case .finished: "finished"
        case .turnLimit(let turns):
            "its \(Text.count(turns, "turn")) are used up; maxTurns of its definition says how many"
        case .timeLimit(let time): "timed out after \(Text.elapsed(seconds: time.inSeconds))"
        case .budget(let refusal): refusal.message
        case .refused(let category):
            "the model refused to go on" + (category.map { ": \($0)" } ?? "")
        case .looping(let tool, let times):
            "\(tool) failed \(Text.count(times, "time")) in the same way, and telling the model did not help"
        case .outputLimit: "its answers hit the model's limit of output again and again"
        case .noAnswer: "the model answered with nothing again and again"
        case .noOutput: "it gave no structured result, although it was asked again"
        case .contextFull:
            "its conversation does not fit the model's window, even summed up; 'window' of the model in prices.yaml says how large it is"
        case .model(let error): error.message(about: "model")
        case .transcript(let error): "its transcript cannot be written: \(error.reason)"
        case .cancelled: "stopped"
        }
    }

    /// Something outside failed that will be over: the run waits for a resume in place of losing what was done.
    var suspendsRun: Bool {
        guard case .model(let error) = self else { return false }
        switch error.kind {
        case .rateLimited, .overloaded, .suspended, .billing, .authentication, .serverFault,
            .transport, .cut:
            return true
        default: return false
        }
    }
}

extension BudgetRefusal {
    /// Whose limit it is, and what has been used of it.
    var message: String {
        switch self {
        case .money(let owner, let limit, let spent):
            "the budget of \(owner), \(Text.dollars(limit)), allows no further call: \(Text.dollars(spent)) are spent"
        case .tokens(let owner, let limit, let spent):
            "the budget of \(owner), \(limit) tokens, allows no further call: \(spent) are used"
        case .turns(let owner, let limit):
            "the budget of \(owner) allows no more than \(Text.count(limit, "turn"))"
        case .unpriced(let owner, let model):
            "the budget of \(owner) is in dollars, and nobody knows what \(model) costs: give a budget in tokens, or a price"
        case .time(let owner, let limit):
            "the time of \(owner) is up: \(Text.elapsed(seconds: limit.inSeconds))"
        }
    }
}

extension ModelError {
    /// What failed, on what, and what to do; `subject` names who was asked, such as `model`.
    ///
    /// - Parameter isRetried: it is asked again, so nothing is said of what did not help.
    func message(about subject: String, isRetried: Bool = false) -> String {
        func helpless(_ what: String) -> String { isRetried ? "" : ", and \(what) did not help" }
        let name = "\(subject) \(provider)/\(model)"
        let said =
            self.message.isEmpty ? "" : " (\(Text.truncate(Text.visible(self.message), to: 300)))"
        let reason =
            switch kind {
            case .authentication: "\(provider) does not accept the key: set a valid one"
            case .permission: "the key may not use the \(name)"
            case .billing: "\(provider) asks for money: see to the account"
            case .unknownModel: "\(provider) has no model '\(model)': name another one"
            case .contextTooLong: "the conversation does not fit the window of the \(name)"
            case .requestTooLarge: "the request is too large for \(provider)"
            case .invalidRequest: "\(provider) does not accept the request"
            case .wedgedHistory: "\(provider) does not accept the history, even repaired"
            case .rateLimited: "\(provider) limits the calls" + (pause ?? helpless("waiting"))
            case .overloaded: "\(provider) has too much to do" + (pause ?? helpless("waiting"))
            case .serverFault: "\(provider) fails by itself" + helpless("trying again")
            case .transport(let reason): "\(provider) cannot be reached: \(reason.words)"
            case .cut: "the answers of \(provider) break off" + helpless("trying again")
            case .malformed: "what \(provider) answers is not what its format says"
            case .unscripted: "the script has no answer"
            case .cancelled: "stopped"
            case .budget(let refusal): refusal.message
            case .suspended(let wait):
                "\(provider) failed too often: it can be asked again in \(Text.elapsed(seconds: wait.inSeconds))"
                    + (retryAt.map { ", at \($0.inWholeSeconds)" } ?? "")
            }
        return reason + said
    }

    /// How long the service asks to wait, where nobody does any more.
    private var pause: String? {
        guard let retryAfter, let retryAt else { return nil }
        return " and asks to wait \(Text.elapsed(seconds: retryAfter.inSeconds)), "
            + "until \(retryAt.inWholeSeconds)"
    }
}

extension Timestamp {
    /// `YYYY-MM-DDThh:mm:ssZ`, not before it.
    var inWholeSeconds: String {
        String(Timestamp(milliseconds: (milliseconds + 999) / 1000 * 1000).description.dropLast(5))
            + "Z"
    }
}

extension HTTPError.Reason {
    /// Half a sentence.
    var words: String {
        switch self {
        case .invalidURL, .unsupportedScheme, .credentialsInURL:
            "its address is no URL that can be used"
        case .invalidHeader(let name): "the header \(name) cannot be sent"
        case .unresolvedHost(let isProxy): "\(isProxy ? "the proxy" : "its host") has no address"
        case .unreachable: "nobody listens there"
        case .connectTimeout(let limit):
            "no connection within \(Text.elapsed(seconds: limit.inSeconds))"
        case .idleTimeout(let limit): "nothing came for \(Text.elapsed(seconds: limit.inSeconds))"
        case .addressRefused(let address): "the address \(address) is not allowed"
        case .certificate:
            "its certificate is not trusted; CURL_CA_BUNDLE, or else SSL_CERT_FILE, names a file of those that are"
        case .unusableAuthorities: "the trusted certificates cannot be read"
        case .encryption: "encryption failed"
        case .cut: "the connection broke"
        case .headersTooLarge, .bodyTooLarge: "the answer is too large"
        case .notHTTP: "what answers there does not speak HTTP"
        case .tooManyRedirects, .insecureRedirect: "it redirects to where no request goes"
        case .cancelled, .closed: "the transfer was ended"
        case .refused, .other: "the transfer failed"
        }
    }
}

extension AgentCrew.Problem {
    /// Why the agent cannot work, for people.
    package var message: String {
        switch self {
        case .unknownAgent(let name, _, _): "there is no agent '\(name)'"
        case .noModel(let agent): "no model is named for the agent '\(agent)'"
        case .unpriced(let model, let agent, let owner):
            "the budget of \(owner) is in dollars, and nobody knows what \(model), the model of the agent '\(agent)', costs"
        case .linkedMemory(let path, let agent):
            "the agent '\(agent)' cannot keep its memory: \(path) is a link, which could lead to other folders of yours; "
                + "put a folder in its place"
        case .model(let problem, let agent): "the agent '\(agent)' cannot work: \(problem.message)"
        case .http(let error): "no connection can be made: \(error.reason.words)"
        case .program(let facts): facts.words ?? "\(facts.profile.title) cannot work"
        case .programs(let programs) where programs.count > 1:
            "\(programs.count) agent programs that are to work cannot"
        case .programs(let programs): programs.first?.words ?? "an agent program cannot work"
        }
    }
}

extension UnusableProgram {
    /// Why it cannot work, and whose worker it was to be.
    package var words: String {
        let why = facts.words ?? "\(facts.profile.title) cannot work"
        let tasks = users.compactMap { if case .task(let id) = $0 { id.description } else { nil } }
        let verifier = users.contains(.verifier) ? ["the verifier"] : []
        let names =
            tasks.isEmpty
            ? verifier
            : [(tasks.count == 1 ? "task " : "tasks ") + tasks.joined(separator: ", ")] + verifier
        return "\(why) (\(names.joined(separator: ", ")))"
    }
}

extension ProviderCatalog.Problem {
    /// Why the model cannot be used, for people.
    package var message: String {
        switch self {
        case .unreadableName(let name): "'\(name)' is no name of a model"
        case .unknownProvider(let name, _): "there is no provider '\(name)'"
        case .incomplete(let provider, let missing):
            "the provider '\(provider)' needs a \(missing)"
        case .missingKey(let provider, let variables):
            "no key of \(provider) is known: \(variables.joined(separator: " or ")) is not set"
        case .invalidURL(let provider, let text, _):
            "the address '\(Text.visible(text))' of \(provider) is no URL"
        case .invalidHeader(_, let line):
            "'\(Text.visible(line.prefix { $0 != ":" }))' is no header"
        case .invalidKey(_, let variable): "the value of \(variable) cannot be a key"
        case .unreadableFile(let path, let reason): "cannot read \(path): \(reason)"
        case .invalidScript(let path, let problem): "\(path):\(problem.line): \(problem.words)"
        case .invalidTranscript(let path, let line): "\(path):\(line): no transcript"
        }
    }
}
