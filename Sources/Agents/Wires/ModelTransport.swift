import Base
import HTTP

/// Sends one request of any format and reads its answer.
struct ModelTransport: Sendable {
    let client: HTTPClient
    let endpoint: ModelEndpoint
    let time: Timekeeper

    /// Posts the body and feeds the assembler until the answer is whole.
    func respond(
        path: String, body: JSON, model: String, headers: HTTPHeaders = [:],
        assembler: some TurnAssembler, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        let response = try await send(path: path, body: body, model: model, headers: headers)
        let limits = RateLimitReport(response.headers, now: time.now())
        let id = requestID(response.headers)
        do throws(ModelError) {
            guard (200..<300).contains(response.status) else {
                throw try await refusal(response, model: model)
            }
            let turn = try await read(
                response, assembler, model: model, requestID: id, report: report)
            return ModelReply(turn: turn, limits: limits)
        } catch {
            var error = error
            error.status = error.status ?? response.status
            error.requestID = error.requestID ?? id
            error.limits = limits
            throw error
        }
    }

    private func send(
        path: String, body: JSON, model: String, headers: HTTPHeaders
    ) async throws(ModelError) -> HTTPResponse {
        do throws(HTTPError) {
            var request = HTTPRequest(
                "POST", try endpoint.base.appending(path),
                headers: HTTPHeaders([
                    ("content-type", "application/json"),
                    ("accept", "text/event-stream, application/json"),
                    ("user-agent", "treeguild"),
                ]).replacing(with: headers).replacing(with: endpoint.headers),
                body: Array(body.compact.utf8))
            request.credentials = endpoint.credentials
            request.limits = endpoint.limits
            return try await client.send(request)
        } catch {
            throw ModelError(error, provider: endpoint.name, model: model)
        }
    }

    private func read(
        _ response: HTTPResponse, _ start: some TurnAssembler, model: String, requestID: String?,
        report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelTurn {
        var assembler = start
        do throws(ReadingError) {
            let type = response.headers["content-type"] ?? ""
            if type.hasPrefix("application/json") {
                let bytes = try await collect(response)
                for event in try apply({ () throws(AssemblyError) in
                    try assembler.receive(whole: try parse(bytes))
                }) {
                    await report(event)
                }
            } else {
                try await stream(response, &assembler, report: report)
            }
        } catch {
            var fault = modelError(error, model: model)
            fault.isPartial = assembler.hasBegun
            throw fault
        }
        guard assembler.isComplete else {
            var error = ModelError(.cut, provider: endpoint.name, model: model)
            error.isPartial = assembler.hasBegun
            throw error
        }
        return assembler.turn(requestID: requestID)
    }

    private func stream(
        _ response: HTTPResponse, _ assembler: inout some TurnAssembler,
        report: @Sendable (ModelEvent) async -> Void
    ) async throws(ReadingError) {
        var parser = ServerSentEventParser()
        var iterator = response.body.makeAsyncIterator()
        while !assembler.isComplete {
            let chunk: [UInt8]?
            do throws(HTTPError) { chunk = try await iterator.next() } catch {
                throw .transfer(error)
            }
            guard let chunk else {
                for event in try apply({ () throws(AssemblyError) in try assembler.finish() }) {
                    await report(event)
                }
                return
            }
            let events: [ServerSentEvent]
            do throws(ServerSentEventParser.TooLarge) { events = try parser.push(chunk) } catch {
                throw .assembly(.malformed("an event of more than \(error.limit) bytes"))
            }
            for event in events where !assembler.isComplete {
                for event in try apply({ () throws(AssemblyError) in
                    try assembler.receive(event)
                }) {
                    await report(event)
                }
            }
        }
        // What follows the last event is a few bytes that let the connection be used again.
        response.body.drain()
    }

    private enum ReadingError: Error {
        case transfer(HTTPError)
        case assembly(AssemblyError)
    }

    private func apply(
        _ step: () throws(AssemblyError) -> [ModelEvent]
    ) throws(ReadingError) -> [ModelEvent] {
        do throws(AssemblyError) { return try step() } catch { throw .assembly(error) }
    }

    private func collect(_ response: HTTPResponse) async throws(ReadingError) -> [UInt8] {
        do throws(HTTPError) { return try await response.body.collect() } catch {
            throw .transfer(error)
        }
    }

    private func parse(_ bytes: [UInt8]) throws(AssemblyError) -> JSON {
        do throws(JSONError) { return try JSON(parsing: bytes) } catch {
            throw .malformed("at byte \(error.offset): expected \(error.expected)")
        }
    }

    private func modelError(_ error: ReadingError, model: String) -> ModelError {
        switch error {
        case .transfer(let error):
            return ModelError(error, provider: endpoint.name, model: model)
        case .assembly(.malformed(let detail)):
            return ModelError(.malformed, provider: endpoint.name, model: model, message: detail)
        case .assembly(.service(let fault)):
            return modelError(fault, status: 200, model: model)
        }
    }

    private func modelError(_ fault: ServiceFault, status: Int, model: String) -> ModelError {
        var error = ModelError(
            fault.kind(status: status), provider: endpoint.name, model: model,
            message: fault.message)
        error.type = fault.code ?? fault.type
        error.status = status
        return error
    }

    /// What an answer that is none says.
    private func refusal(
        _ response: HTTPResponse, model: String
    ) async throws(ModelError) -> ModelError {
        // The status says enough when the body cannot be read.
        let bytes = (try? await response.body.collect(limit: 1 << 20)) ?? []
        let body = try? JSON(parsing: bytes)
        var error: ModelError
        if let fault = body.flatMap(ServiceFault.init) {
            error = modelError(fault, status: response.status, model: model)
        } else {
            let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
            error = ModelError(
                ServiceFault.kind(status: response.status), provider: endpoint.name, model: model,
                message: text)
            error.status = response.status
        }
        error.retryAfter = RetryAfter.read(response.headers, now: time.now())
        switch response.headers["x-should-retry"] {
        case "true": error.shouldRetry = true
        case "false": error.shouldRetry = false
        default: break
        }
        return error
    }

    private func requestID(_ headers: HTTPHeaders) -> String? {
        headers["request-id"] ?? headers["x-request-id"]
    }
}
