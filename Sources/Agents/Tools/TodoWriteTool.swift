import Base

/// Replaces the worker's list of things to do.
struct TodoWriteTool: Tool {
    var definition: ToolDefinition {
        let item = InputSchema.object([
            ("content", InputSchema.text("What is to be done")),
            ("status", InputSchema.word(["pending", "in_progress", "completed"], "How far it is")),
            ("activeForm?", InputSchema.text("The same while it is being done")),
        ])
        let todos: JSON = ["type": "array", "items": item, "maxItems": 100]
        return ToolDefinition(
            name: "TodoWrite",
            description: ToolTexts.todoWrite,
            inputSchema: InputSchema.object([("todos", todos)]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let items = TodoList.items(of: input)
        await context.todos.replace(with: items)
        let left = items.count { $0.status != .completed }
        return ToolOutput("The list is kept: \(items.count - left) done, \(left) to do.")
    }
}

/// A worker's list of things to do.
package actor TodoList {
    /// In the order that the worker gave.
    package private(set) var items: [Item] = []

    /// An empty list.
    package init() {}

    /// One thing to do.
    package struct Item: Hashable, Sendable {
        /// What is to be done.
        package let content: String
        /// How far it is.
        package let status: Status
        /// The same while it is being done, for those who watch.
        package let activeForm: String?
    }

    /// How far a thing is.
    package enum Status: String, Hashable, Sendable {
        case pending
        case inProgress = "in_progress"
        case completed
    }

    func replace(with items: [Item]) { self.items = items }

    /// The items of a call's input.
    static func items(of input: JSON) -> [Item] {
        (input["todos"]?.arrayValue ?? []).map { item in
            Item(
                content: item.text("content"),
                status: Status(rawValue: item.text("status")) ?? .pending,
                activeForm: item["activeForm"]?.stringValue)
        }
    }

    /// One line an item, for a model's history after it was shortened; empty for no items.
    package var text: String {
        items.map { item in
            let mark = [Status.pending: " ", .inProgress: ">", .completed: "x"][item.status] ?? " "
            return "[\(mark)] \(item.content)"
        }.joined(separator: "\n")
    }
}
