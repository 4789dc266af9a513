import Base

/// Finds tools whose schemas are not in the request.
struct ToolSearchTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "ToolSearch",
            description: ToolTexts.toolSearch,
            inputSchema: InputSchema.object([
                ("query", InputSchema.text("`select:Name,Other`, or words")),
                ("max_results?", InputSchema.count("5 when left out", from: 1, to: 50)),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let deferred = context.tools.tools.map(\.definition).filter(\.isDeferred)
        let query = input.text("query")
        let found: [ToolDefinition]
        if query.hasPrefix("select:") {
            let names = query.dropFirst(7).split(separator: ",").map { $0.filter { $0 != " " } }
            found = deferred.filter { names.contains($0.name) }
        } else {
            found = ToolSearchTool.ranked(deferred, query)
        }
        let shown = found.prefix(input.number("max_results") ?? 5)
        guard !shown.isEmpty else {
            return ToolOutput(
                "No tool fits. \(Text.count(deferred.count, "tool")) can be searched.")
        }
        let list = shown.map { definition -> JSON in
            [
                "name": .string(definition.name), "description": .string(definition.description),
                "input_schema": definition.inputSchema,
            ]
        }
        return ToolOutput(
            list.map(\.compact).joined(separator: "\n"),
            structured: ["tools": .array(shown.map { .string($0.name) })])
    }

    /// By how many words of the query name and description hold; the name counts more.
    private static func ranked(_ tools: [ToolDefinition], _ query: String) -> [ToolDefinition] {
        let words = query.lowercased().split { !$0.isLetter && !$0.isNumber }
        let scored = tools.map { tool in
            let (name, text) = (tool.name.lowercased(), tool.description.lowercased())
            return (
                tool,
                words.reduce(0) { $0 + (name.contains($1) ? 3 : 0) + (text.contains($1) ? 1 : 0) }
            )
        }
        return scored.filter { $0.1 > 0 }
            .sorted { $0.1 == $1.1 ? $0.0.name < $1.0.name : $0.1 > $1.1 }.map(\.0)
    }
}
