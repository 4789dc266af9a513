import Base

extension AgentLoop {
    /// Calls of one answer that are run; what is beyond them would fill the window unseen.
    static let callLimit = 100

    /// Runs the calls of an answer, those that only read beside each other, and writes down what
    /// came of each as it comes.
    func answer(_ calls: [ToolCall]) async throws(FileError) -> AgentTurn.Action {
        var results: [String: ToolResult] = [:]
        let allowed = Array(calls.prefix(AgentLoop.callLimit))
        for group in AgentTurn.groups(allowed, isReadOnly: isReadOnly) {
            let done = await withTaskGroup(of: Result<ToolResult, FileError>.self) { tasks in
                for call in group { tasks.addTask { await self.perform(call) } }
                var done: [Result<ToolResult, FileError>] = []
                for await result in tasks { done.append(result) }
                return done
            }
            for result in done {
                let result = try result.get()
                results[result.callID] = result
            }
        }
        for call in calls.dropFirst(AgentLoop.callLimit) {
            let result = ToolResult(
                callID: call.id, content: [.text(LoopNotes.tooManyCalls)], isError: true)
            try await record(.result(result))
        }
        let pairs = allowed.compactMap { call in results[call.id].map { (call: call, result: $0) } }
        // The shell fails and succeeds in the middle of a loop as well.
        return turn.next(after: pairs, hasOutput: history.isOutputNew) { name in
            name != "Bash" && !self.isReadOnly(name)
        }
    }

    private func perform(_ call: ToolCall) async -> Result<ToolResult, FileError> {
        let step = ToolStep(call.masked(by: mask))
        await report(.toolStarted(step))
        let raw = await setup.context.tools.answer(call, in: setup.context, through: setup.gate)
        let result = bounded(raw)
        do throws(FileError) {
            try await record(.result(result))
        } catch {
            return .failure(error)
        }
        await report(.toolEnded(step, isError: result.isError))
        return .success(result)
    }

    /// A result that cannot fill the window alone, without secrets.
    private func bounded(_ result: ToolResult) -> ToolResult {
        // A quarter of the window at most.
        let limit = max(min(setup.limits.resultBytes, setup.limits.window), 1000)
        let content = result.content.map { block in
            guard case .text(let text) = block.content else { return block }
            return ModelBlock.text(TurnText.clipped(mask.known(text), to: limit))
        }
        return ToolResult(callID: result.callID, content: content, isError: result.isError)
    }
}
