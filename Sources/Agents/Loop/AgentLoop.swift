import Base

/// Runs one worker: asks the model, runs its calls, and so on until it ends.
///
/// ``AgentTurn`` decides; this actor does, and writes each step into the transcript before anything
/// follows from it. Where the transcript holds earlier steps, it goes on behind them.
package actor AgentLoop {
    let setup: AgentSetup
    let transcript: Transcript
    let mailbox: AgentMailbox
    var history = AgentHistory()
    var turn = AgentTurn()
    var system: SystemPrompt
    var text = LineFeed()
    var thought = LineFeed()
    var hasAsked = false
    /// The tools of the last request, and the ones that had been looked up then.
    var made: (found: Set<String>, tools: [ModelTool])?
    private var isTimeUp = false
    nonisolated let mask: SecretMask
    private var watcher: @Sendable (AgentProgress) async -> Void = { _ in }

    /// A worker, not yet started.
    package init(
        _ setup: AgentSetup, transcript: Transcript, mailbox: AgentMailbox = AgentMailbox()
    ) {
        self.setup = setup
        self.transcript = transcript
        self.mailbox = mailbox
        system = setup.system
        mask = SecretMask(setup.secrets)
    }

    /// Works until the worker ends; to be called once. `report` hears of everything as it happens,
    /// and the work waits for it.
    ///
    /// Cancelling the task ends what runs, and leaves a transcript to go on from. At the end nothing
    /// of the worker runs any more and its mailbox is closed.
    package func run(
        report: @escaping @Sendable (AgentProgress) async -> Void = { _ in }
    ) async -> AgentOutcome {
        watcher = report
        guard let limit = setup.limits.time else { return await work() }
        return await withTaskGroup(of: AgentOutcome?.self) { group in
            group.addTask { await self.work() }
            group.addTask {
                // Cancelled when the work is done first.
                guard (try? await self.setup.time.sleep(limit)) != nil else { return nil }
                await self.endTime()
                return nil
            }
            var outcome: AgentOutcome?
            for await result in group {
                outcome = result ?? outcome
                group.cancelAll()
            }
            return outcome ?? self.outcome(.cancelled, nil, [])
        }
    }

    private func endTime() { isTimeUp = true }

    private func work() async -> AgentOutcome {
        do throws(FileError) {
            var action = try await begin()
            while true {
                switch action {
                case .ask: action = try await ask()
                case .run(let calls): action = try await answer(calls)
                case .say(let text):
                    try await record(.message(text, from: .steering))
                    action = .ask
                case .steer(let tool, let times):
                    let note = LoopNotes.repeated(tool, times)
                    try await record(.message(note, from: .steering))
                    await report(.steered(tool: tool, times: times))
                    action = .ask
                case .repair:
                    try await record(.repair)
                    await report(.repaired)
                    action = .ask
                case .compact(let trigger): action = try await compact(trigger)
                case .end(.finished) where !mailbox.closeIfEmpty(): action = .ask
                case .end(let ending): return await finish(ending)
                }
            }
        } catch {
            return await finish(.transcript(error))
        }
    }

    /// One call of the model.
    private func ask() async throws(FileError) -> AgentTurn.Action {
        for message in mailbox.take() {
            try await record(.message(mask.known(message), from: .mailbox))
            await report(.messageTaken(message))
        }
        if Task.isCancelled { return .end(.cancelled) }
        if history.isMasked {
            // Thinking is bound to the words around it, which are not any more what the model said.
            try await record(.repair)
            await report(.repaired)
        }
        if let limit = setup.limits.turns, history.usage.turns >= limit {
            return .end(.turnLimit(limit))
        }
        if history.tokens >= setup.limits.fullAt, !turn.isCompacted { return turn.compact(.window) }
        await report(.turnStarted(history.usage.turns + 1))
        let outcome: ModelService.Outcome
        do throws(ModelError) {
            outcome = try await respond()
        } catch {
            return turn.next(after: error)
        }
        let answer = TranscriptEntry.Answer(
            stop: outcome.turn.stop, usage: outcome.turn.usage, cost: outcome.cost,
            requestID: outcome.turn.requestID)
        let message = outcome.turn.message
        let (keeps, action) = turn.next(
            after: message, stop: answer.stop, isDue: await isOutputDue)
        // What changes something must not be done by a call that a loss of power forgets.
        let isDurable = message.toolCalls.contains { !isReadOnly($0.name) }
        try await record(
            keeps ? .answer(message, answer) : .discarded(message, answer), isDurable: isDurable)
        await report(.used(history.usage))
        return action
    }

    /// Writes an entry, then takes it over.
    func record(
        _ content: TranscriptEntry.Content, isDurable: Bool = false
    ) async throws(FileError) {
        history.apply(
            try await transcript.append(
                content, at: setup.time.now(), isDurable: isDurable, mask: mask))
    }

    func report(_ progress: AgentProgress) async { await watcher(progress.masked(by: mask)) }

    /// Nothing runs afterwards.
    private func finish(_ reason: AgentEnding) async -> AgentOutcome {
        let ending =
            reason == .cancelled && isTimeUp ? .timeLimit(setup.limits.time ?? .zero) : reason
        await setup.context.shell?.close()
        let end = TranscriptEntry.Content.end(
            .init(word: ending.word, detail: ending.detail))
        do throws(FileError) {
            // Whoever sent these was told that they would be read: after a resume they are.
            for message in mailbox.close() {
                try await record(.message(mask.known(message), from: .mailbox))
            }
            if history.last?.content != end { try await record(end, isDurable: true) }
        } catch {
            // A transcript without its end is one to go on from.
        }
        await transcript.close()
        return outcome(
            ending, await setup.context.output?.value, await setup.gate.denials)
    }

    private func outcome(
        _ ending: AgentEnding, _ output: JSON?, _ denials: [PermissionGate.Denial]
    ) -> AgentOutcome {
        AgentOutcome(
            ending: ending, text: mask.all(history.text),
            output: output.map { mask.all($0) ?? $0 }, usage: history.usage, denials: denials)
    }

    /// A structured result is asked for and was not given.
    var isOutputDue: Bool {
        get async {
            guard let output = setup.context.output else { return false }
            return await output.value == nil
        }
    }

    func isReadOnly(_ tool: String) -> Bool {
        setup.context.tools.tool(named: tool)?.definition.isReadOnly ?? true
    }
}

extension AgentEnding {
    /// The facts of it, for the transcript.
    fileprivate var detail: String {
        switch self {
        case .finished, .outputLimit, .noAnswer, .noOutput, .contextFull, .cancelled: ""
        case .turnLimit(let turns): "\(turns)"
        case .timeLimit(let time): "\(time)"
        case .budget(let refusal): "\(refusal)"
        case .refused(let category): category ?? ""
        case .looping(let tool, let times): "\(tool) \(times)"
        case .model(let error):
            [
                "\(error.kind)", error.provider, error.status.map { "\($0)" } ?? "",
                error.type ?? "", error.message,
            ].filter { !$0.isEmpty }.joined(separator: " ")
        case .transcript(let error): error.reason
        }
    }
}
