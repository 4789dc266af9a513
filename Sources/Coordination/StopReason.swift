package import Base

/// Why a run was left before its end, as the ledger and reports keep it.
package struct StopReason: Hashable, Sendable {
    /// What sort of reason; a stable word.
    package enum Code: String, CaseIterable, Sendable {
        /// Ctrl-C.
        case interrupt
        /// The system, or somebody else, told the process to end.
        case terminate
        /// `treeguild stop`.
        case request
        /// A service of models failed in a way that will be over some time.
        case service
        /// Nobody wrote a reason down: the process is gone.
        case died
    }

    /// What sort of reason.
    package let code: Code
    /// For people, without a full stop.
    package let message: String

    /// A reason in words of its own.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Ctrl-C.
    package static let interrupt = StopReason(.interrupt, "interrupted by Ctrl-C")
    /// A signal that ends programs.
    package static let terminate = StopReason(.terminate, "its process was told to end")
    /// `treeguild stop`.
    package static let request = StopReason(.request, "stopped by treeguild stop")
    /// The owner is gone and has said nothing.
    package static let died = StopReason(.died, "its process ended in the middle of it")

    /// As in `treeguild.run/1`.
    package var json: JSON { ["code": .string(code.rawValue), "message": .string(message)] }

    /// Reads what ``json`` wrote.
    package init?(json: JSON?) {
        guard let code = json?["code"]?.stringValue.flatMap({ Code(rawValue: $0) }) else {
            return nil
        }
        self.init(code, json?["message"]?.stringValue ?? "")
    }
}
