import Base
import HTTP

/// A model that answers from a script, in this process: no key, no network.
package struct ScriptedModel: ModelProvider {
    /// Such as `scripted`.
    package let name: String
    private let script: ModelScript
    private let faults: ScriptFaults
    private let time: Timekeeper

    /// Faults happen once each, however many copies of the model there are.
    package init(_ script: ModelScript, name: String = "scripted", time: Timekeeper = .system) {
        self.script = script
        self.name = name
        self.time = time
        faults = ScriptFaults()
    }

    /// The step for the request, piece by piece. A stalled answer ends when the task is cancelled.
    package func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        let body = AnthropicFormat.body(request)
        let choice: ModelScript.Choice
        do throws(ModelScript.Departure) {
            choice = try script.choose(for: ScriptView(.anthropic, body))
        } catch {
            throw failure(.unscripted, request, "\(error)")
        }
        let fault = faults.next(choice)
        if let error = fault.flatMap({ before($0, request) }) { throw error }
        let answer = ScriptedAnswer(
            choice.step, to: Array(body.compact.utf8), model: request.model, time: time.now())
        let events = answer.events(.anthropic)
        var assembler = AnthropicAssembler(model: request.model)
        for (number, event) in events.enumerated() {
            if let fault, number == events.count / 2 {
                throw await middle(fault, request)
            }
            if choice.step.delay > .zero { try await sleep(choice.step.delay, request) }
            let parts: [ModelEvent]
            do throws(AssemblyError) {
                parts = try assembler.receive(.init(type: event.type ?? "", data: event.data))
            } catch {
                throw failure(.malformed, request)
            }
            for part in parts { await report(part) }
        }
        return ModelReply(turn: assembler.turn(requestID: nil))
    }

    /// The error that comes instead of an answer.
    private func before(_ fault: ModelScript.Fault, _ request: ModelRequest) -> ModelError? {
        switch fault.kind {
        case .status(let status):
            var error = failure(
                ServiceFault.kind(status: status), request, "scripted \(status)")
            error.status = status
            let wait = fault.headers["retry-after"].flatMap(Double.init)
            error.retryAfter = wait.map { .milliseconds(Int64($0 * 1000)) }
            return error
        case .context:
            var error = failure(.contextTooLong, request, ScriptedAnswer.tooLong)
            error.status = 400
            return error
        case .reset: return failure(.transport(.cut(received: 0)), request)
        default: return nil
        }
    }

    private func middle(_ fault: ModelScript.Fault, _ request: ModelRequest) async -> ModelError {
        var error: ModelError
        switch fault.kind {
        case .malformed: error = failure(.malformed, request)
        case .error(let type):
            error = failure(ServiceFault(type: type).kind(status: 200), request)
            error.type = type
        case .stall, .silence:
            // Only a cancellation ends it.
            do throws(CancellationError) {
                while true { try await time.sleep(.seconds(3600)) }
            } catch {
                return failure(.cancelled, request)
            }
        default: error = failure(.cut, request)
        }
        error.isPartial = true
        return error
    }

    private func sleep(_ duration: Duration, _ request: ModelRequest) async throws(ModelError) {
        do throws(CancellationError) { try await time.sleep(duration) } catch {
            throw failure(.cancelled, request)
        }
    }

    private func failure(
        _ kind: ModelError.Kind, _ request: ModelRequest, _ message: String = ""
    ) -> ModelError {
        ModelError(kind, provider: name, model: request.model, message: message)
    }
}
