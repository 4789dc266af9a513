import Base

extension AgentLoop {
    /// The whole conversation, sent.
    func respond() async throws(ModelError) -> ModelService.Outcome {
        text.reset()
        thought.reset()
        var request = request(history.messages)
        request.inputTokens = history.tokens
        defer { hasAsked = true }
        guard let prefixes = setup.prefixes, !hasAsked else {
            return try await send(request) { await self.heard($0) }
        }
        let prefix = AgentLoop.prefix(of: request)
        let isFirst = await prefixes.enter(prefix)
        defer { if isFirst { prefixes.ended(prefix) } }
        return try await send(request) { event in
            if isFirst, case .started = event { prefixes.began(prefix) }
            await self.heard(event)
        }
    }

    private func send(
        _ request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelService.Outcome {
        let outcome = try await setup.service.respond(
            to: request, owners: setup.owners, report: report)
        for line in thought.finish() { await self.report(.thinking(line)) }
        for line in text.finish() { await self.report(.text(line)) }
        return outcome
    }

    func request(_ messages: [ModelMessage]) -> ModelRequest {
        var request = ModelRequest(model: setup.model, messages: messages)
        request.system = system.parts
        request.sharedSystem = system.shared
        request.tools = tools
        request.effort = setup.effort
        request.thinking = setup.thinking
        request.cacheKey = setup.owners.last
        request.maxOutputTokens = setup.limits.output
        let isRaised = turn.recoveries > 0 && setup.limits.output == nil
        if isRaised, messages.last(where: { $0.source != nil })?.source?.wire == .anthropic {
            // 64k is what every model of theirs that is still served can answer.
            request.maxOutputTokens = min(16_384 << turn.recoveries, 64_000)
        }
        return request
    }

    private var tools: [ModelTool] {
        if let made, made.found == history.found { return made.tools }
        let context = setup.context
        var definitions = context.tools.definitions(for: context)
        if !history.found.isEmpty {
            // Those that were looked up come last, so that the ones before stay in the cache.
            definitions += context.tools.tools.map(\.definition).filter {
                $0.isDeferred && history.found.contains($0.name)
            }
        }
        let tools = definitions.map(\.modelTool)
        made = (history.found, tools)
        return tools
    }

    /// What other workers' requests begin with, too.
    private static func prefix(of request: ModelRequest) -> [UInt8] {
        let tools = request.tools.map { "\($0.name)\0\($0.description)\0\($0.schema.compact)" }
        let system = request.system.prefix(request.sharedSystem ?? request.system.count)
        let text = ([request.model] + tools + system).joined(separator: "\0")
        return Digest.sha256(Array(text.utf8))
    }

    private func heard(_ event: ModelEvent) async {
        switch event {
        case .text(let piece):
            for line in text.add(piece) { await report(.text(line)) }
        case .thinking(let piece):
            for line in thought.add(piece) { await report(.thinking(line)) }
        case .retrying(let retry):
            text.reset()
            thought.reset()
            await report(.retrying(retry))
        case .started, .toolCall, .toolInput: break
        }
    }

    /// Sums the history up, and begins it anew.
    func compact(_ trigger: Compaction.Trigger) async throws(FileError) -> AgentTurn.Action {
        let before = history.tokens
        let outcome: ModelService.Outcome
        do throws(ModelError) {
            outcome = try await summary(isSmaller: trigger == .refused)
        } catch {
            turn.compacted()
            return turn.next(after: error)
        }
        let said = Compaction.message(
            history, summary: outcome.turn.message.text, todos: await setup.context.todos.text,
            fullAt: setup.limits.fullAt)
        let after = ModelUsage.estimate(bytes: said.utf8.count + history.prefix)
        let boundary = TranscriptEntry.Boundary(
            trigger: trigger, before: before, after: after, summary: outcome.turn.message.text,
            usage: outcome.turn.usage, cost: outcome.cost)
        try await record(.boundary(said, boundary))
        // What was read is not before the model any more.
        await setup.context.files.forgetRanges()
        turn.compacted()
        await report(.compacted(trigger, before: before, after: after))
        await report(.used(history.usage))
        return .ask
    }

    private func summary(isSmaller: Bool) async throws(ModelError) -> ModelService.Outcome {
        let (messages, isWhole) = Compaction.request(
            history, window: setup.limits.window, isSmaller: isSmaller)
        var request = request(messages)
        // A history with calls needs the tools that they are of.
        if isWhole { request.toolChoice = ModelRequest.ToolChoice.none } else { request.tools = [] }
        do throws(ModelError) {
            return try await setup.service.respond(to: request, owners: setup.owners) { _ in }
        } catch {
            guard error.kind == .contextTooLong || error.kind == .requestTooLarge, !isSmaller else {
                throw error
            }
            return try await summary(isSmaller: true)
        }
    }
}
