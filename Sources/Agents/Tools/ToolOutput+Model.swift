extension ToolDefinition {
    /// The tool as a request tells a model of it.
    package var modelTool: ModelTool {
        ModelTool(name: name, description: description, schema: inputSchema)
    }
}

extension ToolOutput {
    /// The answer to a call, in a conversation's form.
    ///
    /// Conversations have no block for documents yet: the model is told how to read one.
    package func result(for callID: String) -> ToolResult {
        let blocks = content.map { part in
            switch part {
            case .text(let text): ModelBlock.text(text)
            case .image(let mediaType, let base64):
                ModelBlock(.image(mediaType: mediaType, base64: base64))
            case .document:
                ModelBlock.text("It cannot be shown; use a program such as pdftotext through Bash.")
            }
        }
        return ToolResult(callID: callID, content: blocks, isError: isError)
    }
}

extension ToolCatalog {
    /// Runs one call of a model; input that is no object is told to the model.
    package func answer(
        _ call: ToolCall, in context: ToolContext, through gate: PermissionGate
    ) async -> ToolResult {
        guard let input = call.input else {
            let output = ToolOutput.error("The input of \(call.name) is no JSON object.")
            return output.result(for: call.id)
        }
        return await self.call(call.name, input, in: context, through: gate).result(for: call.id)
    }
}
