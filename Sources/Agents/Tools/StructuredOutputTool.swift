package import Base

/// Takes a worker's final result in the form that its caller asked for.
struct StructuredOutputTool: Tool {
    static let name = "StructuredOutput"
    /// Another name for it that models know.
    static let alias = "SyntheticOutput"

    var definition: ToolDefinition {
        ToolDefinition(
            name: StructuredOutputTool.name,
            description: ToolTexts.structuredOutput,
            inputSchema: ["type": "object"], aliases: [StructuredOutputTool.alias], isReadOnly: true
        )
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        guard let output = context.output else {
            return .error("No structured result is asked for; answer with text.")
        }
        await output.take(input)
        return ToolOutput("The result is recorded.")
    }
}

/// The form of a worker's result, and the result.
package actor StructuredOutput {
    /// JSON Schema, an object.
    package nonisolated let schema: JSON
    /// The last value that was given; it fits the schema.
    package private(set) var value: JSON?

    /// A result of this form, not given yet.
    package init(schema: JSON) { self.schema = schema }

    func take(_ value: JSON) { self.value = value }
}
