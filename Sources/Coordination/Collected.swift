import Base

/// A worker's work as found in its tree, or why it cannot be taken.
struct Collected: Recorded {
    let outcome: TaskOutcome?
    /// Stable word for the problem, such as `head_moved`; empty when there is none.
    let code: String
    let message: String

    init(_ outcome: TaskOutcome) {
        self.outcome = outcome
        (code, message) = ("", "")
    }

    init(code: String, message: String) {
        outcome = nil
        self.code = code
        self.message = message
    }

    var json: JSON {
        ["outcome": outcome?.json ?? .null, "code": .string(code), "message": .string(message)]
    }

    init?(json: JSON) {
        outcome = json["outcome"].flatMap { TaskOutcome(json: $0) }
        code = json.text("code")
        message = json.text("message")
        guard outcome != nil || !code.isEmpty else { return nil }
    }
}
