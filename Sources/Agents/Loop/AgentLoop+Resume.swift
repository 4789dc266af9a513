import Base

extension AgentLoop {
    /// Takes up the transcript and says what comes first.
    func begin() async throws(FileError) -> AgentTurn.Action {
        for entry in await transcript.takeEntries() { history.apply(entry) }
        await restore()
        if isOver { return .end(.finished) }
        if let start = history.start, start.model == setup.model, !start.system.isEmpty {
            // Another prompt would make the service read everything anew.
            system = SystemPrompt(parts: start.system, shared: start.shared)
        } else {
            let parts = setup.system.parts.map(mask.known)
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
                    agent: setup.agent, provider: setup.service.provider.name,
                    wire: setup.service.provider.wire, model: setup.model, system: system.parts,
                    shared: system.shared, tools: setup.context.tools.names)))
        guard !history.messages.isEmpty else {
            try await record(.message(mask.known(setup.assignment), from: .assignment))
            return .ask
        }
        return try await resume()
    }

    /// A worker that has finished, and that nobody has sent anything to since.
    private var isOver: Bool {
        history.hasFinished && (history.isAnswered || history.isOutputNew)
            && mailbox.closeIfEmpty()
    }

    private func resume() async throws(FileError) -> AgentTurn.Action {
        if history.isAnswered, case .answered(let answer) = history.position,
            let message = history.messages.last
        {
            return turn.next(after: message, stop: answer.stop, isDue: await isOutputDue).action
        }
        for call in history.open {
            try await record(
                .result(
                    ToolResult(callID: call.id, content: [.text(LoopNotes.notRun)], isError: true)))
        }
        if history.isOutputNew { return .end(.finished) }
        if history.usage.turns > 0 {
            let tree = setup.context.files.tree
            let note = LoopNotes.resumed(in: tree, wasFinished: history.hasFinished)
            try await record(.message(note, from: .resume))
        }
        return .ask
    }

    /// Gives the tools back what they knew.
    private func restore() async {
        if let input = history.todos {
            await setup.context.todos.replace(with: TodoList.items(of: input))
        }
        if let output = history.output { await setup.context.output?.take(output) }
        for (path, time) in history.uses {
            await setup.context.files.recall(path, unchangedSince: time)
        }
    }
}
