import Agents
import Base

/// What goes back over a connection.
struct ServerReply {
    var status = 200
    var headers: [(String, String)] = []
    var content = Content.bytes([])

    enum Content {
        case bytes([UInt8])
        /// Events, with what goes wrong among them.
        case stream(ScriptedStream)
        /// Ends the connection without an answer.
        case reset
    }

    static func json(_ status: Int, _ json: JSON) -> ServerReply {
        ServerReply(
            status: status, headers: [("content-type", "application/json")],
            content: .bytes(Array(json.compact.utf8)))
    }
}

/// A stream of events with its pace and its fault.
struct ScriptedStream {
    var pieces: [[UInt8]]
    var delay = Duration.zero
    var ending = Ending.whole

    /// What follows the last piece.
    enum Ending { case whole, cut, stall }
}

extension ModelServer {
    /// The answer to a request.
    func reply(to request: Seen, now: Timestamp) -> ServerReply {
        let path = request.path.split(separator: "?").first.map(String.init) ?? ""
        if path.hasSuffix("/models") || path.contains("/models/") { return models(path) }
        guard request.method == "POST" else {
            return request.method == "HEAD"
                ? ServerReply()
                : .json(404, error(.anthropic, 404, "there is no \(request.method) \(path)"))
        }
        if path.hasSuffix("/count_tokens") {
            return .json(
                200, ["input_tokens": .int(ModelUsage.estimate(bytes: request.bytes.count))])
        }
        let wire: ModelWire
        if path.hasSuffix("/messages") {
            wire = .anthropic
        } else if path.hasSuffix("/chat/completions") {
            wire = .chat
        } else if path.hasSuffix("/responses") {
            wire = .responses
        } else {
            return .json(404, error(.anthropic, 404, "there is no \(path)"))
        }
        guard request.body.objectValue != nil else {
            return .json(400, error(wire, 400, "the body is no JSON object"))
        }
        return answer(wire, request, now)
    }

    private func error(_ wire: ModelWire, _ status: Int, _ message: String) -> JSON {
        ScriptedAnswer.errorBody(wire, status: status, message: message)
    }

    private func models(_ path: String) -> ServerReply {
        let all: [JSON] = script.models.map {
            [
                "id": .string($0), "object": "model", "type": "model", "display_name": .string($0),
                "created": 0, "created_at": "2025-01-01T00:00:00Z", "owned_by": "treeguild",
            ]
        }
        if let name = path.split(separator: "/").last, name != "models" {
            guard let one = all.first(where: { $0["id"]?.stringValue == String(name) }) else {
                return .json(404, error(.anthropic, 404, "there is no model \(name)"))
            }
            return .json(200, one)
        }
        return .json(
            200,
            [
                "object": "list", "data": .array(all), "has_more": false,
                "first_id": .optional(script.models.first),
                "last_id": .optional(script.models.last),
            ])
    }

    private func answer(_ wire: ModelWire, _ request: Seen, _ now: Timestamp) -> ServerReply {
        let choice: ModelScript.Choice
        do throws(ModelScript.Departure) {
            choice = try script.choose(for: ScriptView(wire, request.body))
        } catch {
            let message =
                switch error {
                case .noConversation: "the script has no conversation for this prompt"
                case .noStep(let name, let turn):
                    "conversation '\(name)' of the script has no step \(turn + 1)"
                }
            return .json(400, self.error(wire, 400, message))
        }
        let fault = faults.next(choice)
        let answer = ScriptedAnswer(
            choice.step, to: request.bytes, model: request.body["model"]?.stringValue ?? "",
            time: now)
        var reply: ServerReply
        switch fault?.kind {
        case .status(let status):
            reply = .json(status, error(wire, status, "scripted \(status)"))
        case .context: reply = .json(400, ScriptedAnswer.tooLongBody(wire))
        case .reset: return ServerReply(content: .reset)
        case .silence:
            return ServerReply(
                headers: [("content-type", "text/event-stream; charset=utf-8")],
                content: .stream(ScriptedStream(pieces: [], ending: .stall)))
        default:
            reply =
                request.body["stream"]?.boolValue == true
                ? stream(answer, wire, request.body, fault?.kind, choice.step.delay)
                : whole(answer, wire, fault?.kind)
        }
        for (name, value) in (fault?.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
            reply.headers.append((name, value))
        }
        let id = Digest.sha256(request.bytes).prefix(10).hexadecimal
        reply.headers.append((wire == .anthropic ? "request-id" : "x-request-id", "req_\(id)"))
        return reply
    }

    private func stream(
        _ answer: ScriptedAnswer, _ wire: ModelWire, _ body: JSON,
        _ fault: ModelScript.Fault.Kind?, _ delay: Duration
    ) -> ServerReply {
        let wantsUsage = body["stream_options"]?["include_usage"]?.boolValue ?? false
        let pieces = answer.events(wire, includesUsage: wantsUsage).map(\.bytes)
        var stream = ScriptedStream(pieces: pieces, delay: delay)
        let half = Array(pieces.prefix(max(1, pieces.count / 2)))
        switch fault {
        case .cut: (stream.pieces, stream.ending) = (half, .cut)
        case .stall: (stream.pieces, stream.ending) = (half, .stall)
        case .malformed: stream.pieces = half + [Array("data: {\"type\": \n\n".utf8)]
        case .error(let type):
            stream.pieces = half + [ScriptedAnswer.errorEvent(wire, type: type).bytes]
        default: break
        }
        return ServerReply(
            headers: [
                ("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"),
            ], content: .stream(stream))
    }

    private func whole(
        _ answer: ScriptedAnswer, _ wire: ModelWire, _ fault: ModelScript.Fault.Kind?
    ) -> ServerReply {
        let body = Array(answer.whole(wire).compact.utf8)
        let half = Array(body.prefix(body.count / 2))
        let headers = [("content-type", "application/json")]
        switch fault {
        case .cut, .stall:
            return ServerReply(
                headers: headers,
                content: .stream(
                    ScriptedStream(pieces: [half], ending: fault == .cut ? .cut : .stall)))
        case .malformed: return ServerReply(headers: headers, content: .bytes(half))
        case .error(let type):
            return .json(
                500,
                ScriptedAnswer.errorBody(
                    wire, status: 500, type: type, message: "scripted \(type)"))
        default: return ServerReply(headers: headers, content: .bytes(body))
        }
    }
}
