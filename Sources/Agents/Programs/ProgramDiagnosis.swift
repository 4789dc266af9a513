import Base
import HTTP

extension ProgramFault {
    /// The words that stand for a kind, in the order in which they decide; all in small letters.
    private static let signs: [(kind: Kind, words: [String])] = [
        (.root, ["cannot be used with root", "root/sudo privileges"]),
        (
            .usage,
            [
                "unknown option", "unknown argument", "unknown command", "unexpected argument",
                "unrecognized argument", "unrecognized option", "unrecognized subcommand",
                "invalid choice:", "no such option",
            ]
        ),
        (
            .terminal,
            [
                "not a terminal", "is not a tty", "not a tty", "requires a terminal",
                "raw mode is not supported", "interactive terminal", "/dev/tty",
            ]
        ),
        (
            .service(.authentication),
            [
                "not logged in", "please run /login", "authentication", "unauthorized",
                "invalid api key", "invalid x-api-key", "incorrect api key", "api key not valid",
                "missing environment variable", "api_key client option must be set",
                "no api key", "api key is missing", "set an auth method", "unauthenticated",
                "token has expired", "please log in",
            ]
        ),
        (
            .service(.billing),
            ["credit balance", "billing", "insufficient_quota", "payment required"]
        ),
        (
            .service(.rateLimited),
            [
                "rate limit", "rate_limit", "ratelimit", "too many requests", "usage limit",
                "quota exceeded", "resource_exhausted", "resource has been exhausted",
            ]
        ),
        (.service(.overloaded), ["overloaded", "high demand", "service unavailable"]),
        (
            .service(.contextTooLong),
            [
                "prompt is too long", "context window", "contextwindow", "maximum context length",
                "context_length_exceeded",
            ]
        ),
        (
            .service(.unknownModel),
            ["model not found", "model_not_found", "unknown model", "model does not exist"]
        ),
        (.service(.permission), ["permission_error", "permission denied by the service"]),
        (.service(.invalidRequest), ["invalid_request_error", "badrequesterror", "bad request"]),
        (
            .service(.serverFault),
            ["internal server error", "internalservererror", "server_error", "api_error"]
        ),
        (
            .service(.transport(.cut(received: 0))),
            ["stream disconnected", "connection dropped", "econnreset", "connection reset"]
        ),
        (
            .service(.transport(.unreachable)),
            [
                "econnrefused", "connection refused", "apiconnectionerror", "connection error",
                "enotfound", "eai_again", "fetch failed", "network error",
            ]
        ),
    ]

    /// What the program's own words say went wrong; nil where they say nothing that is known.
    ///
    /// A status of the service in them, as in `API Error: 529` or `last status: 429`, decides before the words.
    static func kind(saying text: String) -> Kind? {
        let low = text.prefix(8000).lowercased()
        // Calls that the program didn't take and terminals come before the service.
        for sign in signs.prefix(3) where sign.words.contains(where: low.contains) {
            return sign.kind
        }
        if let status = status(in: low), status >= 400, status != 400 {
            return .service(ServiceFault.kind(status: status))
        }
        return signs.dropFirst(3).first { $0.words.contains(where: low.contains) }?.kind
    }

    /// A number from 400 to 599 after a word such as `status`; nil where there is none.
    private static func status(in text: String) -> Int? {
        var last: Substring = ""
        for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            if word.utf8.count == 3, let number = Int(word), (400..<600).contains(number),
                ["status", "error", "rejected", "http", "code"].contains(last)
            {
                return number
            }
            last = word
        }
        return nil
    }

    /// What a process says that ended without its closing event, or whose format has none.
    ///
    /// - Parameter hasBegun: Its output held something that belongs to a session.
    static func ending(_ exit: ProgramExit, errors: String, hasBegun: Bool) -> ProgramFault? {
        let words = Self.words(errors)
        if exit.isInterruption { return ProgramFault(.interrupted, words) }
        if exit == .status(0) { return hasBegun ? ProgramFault(.cut, words) : nil }
        if let kind = kind(saying: errors) { return ProgramFault(kind, words) }
        return ProgramFault(hasBegun ? .cut : .exit(exit), words)
    }

    /// Lines that programs write whatever happens.
    private static let chatter: Set = ["Reading prompt from stdin..."]

    /// The last lines of what it wrote to standard error, as one short text.
    static func words(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmed }.filter { !$0.isEmpty && !chatter.contains(String($0)) }
        return short(lines.suffix(3).joined(separator: "; "))
    }

    /// A message of at most a thousand characters.
    static func short(_ text: some StringProtocol) -> String { String(text.prefix(1000)) }
}

extension ProgramExit {
    /// A signal ended it, or it says so by its status as shells do.
    var isInterruption: Bool {
        switch self {
        case .signal: true
        case .status(let status): status == 130 || status == 137 || status == 143
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[endIndex..<endIndex] }
        return self[first...last]
    }
}

extension ProgramEvent {
    /// Something that no format knows, cut short.
    static func noise(of line: ArraySlice<UInt8>) -> [ProgramEvent] {
        let text = String(decoding: line.prefix(1000), as: UTF8.self)
        return text.allSatisfy(\.isWhitespace) ? [] : [.noise(text)]
    }

    /// A whole paragraph: what follows it begins a line.
    static func paragraph(_ text: String) -> ProgramEvent {
        .text(text.utf8.last == 10 ? text : text + "\n")
    }
}

extension ModelEvent.Retry {
    /// A retry that a program told of; the status or the words say why.
    init(
        of program: String, model: String?, attempt: Int, tries: Int, wait: Duration,
        kind: ModelError.Kind, message: String, status: Int? = nil
    ) {
        var error = ModelError(kind, provider: program, model: model ?? "", message: message)
        error.status = status
        self.init(attempt: attempt, tries: max(tries, attempt), wait: wait, error: error)
    }
}

extension ProgramFault.Kind {
    /// The kind of a service's fault; nil for others.
    var service: ModelError.Kind? { if case .service(let kind) = self { kind } else { nil } }
}
