package import Base

/// The tools of one worker, in the order in which a model reads of them.
///
/// What a worker may not use is not in its catalogue: see ``ToolSelection``.
package struct ToolCatalog: Sendable {
    /// Sorted by name, so that the same set makes the same request.
    package let tools: [any Tool]

    /// A catalogue of these; of two with one name the first stays.
    package init(_ tools: [any Tool]) {
        var seen: Set<String> = []
        self.tools =
            tools.filter { seen.insert($0.definition.name).inserted }
            .sorted { $0.definition.name < $1.definition.name }
    }

    /// Every tool of this program.
    package static let all = ToolCatalog([
        ReadTool(), WriteTool(), EditTool(), MultiEditTool(), NotebookEditTool(), GlobTool(),
        GrepTool(), BashTool(), BashOutputTool(), KillShellTool(), TodoWriteTool(),
        WebFetchTool(), SkillTool(), ToolSearchTool(), StructuredOutputTool(),
    ])

    /// In the order of ``tools``.
    package var names: [String] { tools.map(\.definition.name) }

    /// The tool that a model means by a name; nil when the worker has none such.
    package func tool(named name: String) -> (any Tool)? {
        tools.first { $0.definition.name == name }
            ?? tools.first { $0.definition.aliases.contains(name) }
    }

    /// What is told to the model at the start, with the schema of a structured result put in.
    package func definitions(for context: ToolContext) -> [ToolDefinition] {
        tools.map(\.definition).filter { !$0.isDeferred }.map { definition in
            guard definition.name == StructuredOutputTool.name, let output = context.output else {
                return definition
            }
            return ToolDefinition(
                name: definition.name, description: definition.description,
                inputSchema: output.schema)
        }
    }

    /// Runs one call: finds the tool, checks the input, asks the gate, then does it.
    ///
    /// Everything that goes wrong is a result for the model.
    package func call(
        _ name: String, _ input: JSON, in context: ToolContext, through gate: PermissionGate
    ) async -> ToolOutput {
        guard let tool = tool(named: name) else {
            return .error("There is no tool \(name). Tools: \(names.joined(separator: ", ")).")
        }
        let schema =
            tool.definition.name == StructuredOutputTool.name
            ? context.output?.schema ?? tool.definition.inputSchema : tool.definition.inputSchema
        let problems = InputSchema(schema).problems(of: input)
        if !problems.isEmpty {
            let list = problems.prefix(10).map { "- \($0)" }.joined(separator: "\n")
            return .error("The input of \(name) does not fit its schema:\n\(list)")
        }
        do throws(ToolRefusal) {
            let accesses = try await tool.accesses(of: input, in: context)
            if let refusal = await gate.refusal(
                of: accesses, by: tool.definition, input: input)
            {
                return .error(refusal)
            }
        } catch {
            return .error(error.message)
        }
        if Task.isCancelled { return .error("The call was stopped before it began.") }
        return await tool.call(input, in: context)
    }
}
