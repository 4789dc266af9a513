import Base

extension AgentLoop {
    /// Takes up the transcript and says what comes first.
    func begin() async throws(FileError) -> AgentTurn.Action {
        for entry in await transcript.takeEntries() { history.apply(entry) }
        let last = history.last
        if let last, try await isOver(last) { return .end(.finished) }
        if let start = history.start, start.model == setup.model, !start.system.isEmpty {
            // Another prompt would make the service read everything anew.
            system = SystemPrompt(parts: start.system, shared: start.shared)
        } else {
            let parts = setup.system.parts.map(visible)
            system = SystemPrompt(parts: parts, shared: setup.system.shared)
        }
        history.prefix =
            system.parts.reduce(0) { $0 + $1.utf8.count }
            + request([]).tools.reduce(0) {
                $0 + $1.description.utf8.count + $1.schema.compact.utf8.count
            }
        try await record(
            .start(
                .init(
                    agent: setup.agent, model: setup.model, system: system.parts,
                    shared: system.shared, tools: setup.context.tools.names)))
        guard let last, !history.messages.isEmpty else {
            try await record(.message(visible(setup.assignment), from: .assignment))
            return .ask
        }
        return try await resume(behind: last)
    }

    /// A worker that has finished, and that nobody has sent anything to since.
    private func isOver(_ last: TranscriptEntry) async throws(FileError) -> Bool {
        await restore()
        guard case .end(let end) = last.content, end.word == AgentEnding.finished.word else {
            return false
        }
        let hasOutput = setup.context.output != nil ? await !isOutputDue : false
        return (history.isAnswered || hasOutput) && mailbox.closeIfEmpty()
    }

    private func resume(behind last: TranscriptEntry) async throws(FileError) -> AgentTurn.Action {
        var wasFinished = false
        if case .end(let end) = last.content { wasFinished = end.word == AgentEnding.finished.word }
        // The last word of the model, from which nothing has followed yet.
        if history.isAnswered, case .answer(let message, let answer) = last.content {
            return turn.next(after: message, stop: answer.stop, isDue: await isOutputDue).action
        }
        for call in history.open {
            try await record(
                .result(
                    ToolResult(callID: call.id, content: [.text(LoopNotes.notRun)], isError: true)))
        }
        if setup.context.output != nil, await !isOutputDue { return .end(.finished) }
        if history.usage.turns > 0 {
            let tree = setup.context.files.tree
            let note = LoopNotes.resumed(in: tree, wasFinished: wasFinished)
            try await record(.message(note, from: .resume))
        }
        return .ask
    }

    /// Gives the tools back what they knew.
    private func restore() async {
        if let input = history.inputs["TodoWrite"] {
            await setup.context.todos.replace(with: TodoList.items(of: input))
        }
        if let input = history.inputs[StructuredOutputTool.name] {
            await setup.context.output?.take(input)
        }
        guard let last = history.last?.time else { return }
        for path in history.files { await setup.context.files.recall(path, unchangedSince: last) }
    }
}
