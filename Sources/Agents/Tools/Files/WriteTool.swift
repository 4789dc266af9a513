import Base

/// Creates or overwrites a whole file.
struct WriteTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "Write",
            description: ToolTexts.write,
            inputSchema: InputSchema.object([
                ("file_path", InputSchema.text("Absolute path of the file")),
                ("content", InputSchema.text("All of its new content")),
            ]))
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.edit(try await context.files.resolve(input.text("file_path")))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        do throws(ToolRefusal) {
            return try await context.files.write(
                input.text("file_path"), content: input.text("content"))
        } catch {
            return .error(error.message)
        }
    }
}

/// Replaces one text in a file.
struct EditTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "Edit",
            description: ToolTexts.edit,
            inputSchema: InputSchema.object(
                [("file_path", InputSchema.text("Absolute path of the file"))]
                    + EditTool.members))
    }

    static let members: [(String, JSON)] = [
        ("old_string", InputSchema.text("The text to replace, exactly as it stands in the file")),
        ("new_string", InputSchema.text("The text to put there; must differ")),
        ("replace_all?", InputSchema.flag("Replace every occurrence instead of the only one")),
    ]

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.edit(try await context.files.resolve(input.text("file_path")))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        do throws(ToolRefusal) {
            return try await context.files.edit(
                input.text("file_path"), edits: [EditTool.edit(of: input)])
        } catch {
            return .error(error.message)
        }
    }

    static func edit(of input: JSON) -> TextEdit {
        TextEdit(
            old: input.text("old_string"), new: input.text("new_string"),
            replacesAll: input.flag("replace_all"))
    }
}

/// Several replacements in one file, one after the other, all or none.
struct MultiEditTool: Tool {
    var definition: ToolDefinition {
        let edits: JSON = [
            "type": "array", "minItems": 1, "items": InputSchema.object(EditTool.members),
            "description": "In the order in which they are made",
        ]
        return ToolDefinition(
            name: "MultiEdit",
            description: ToolTexts.multiEdit,
            inputSchema: InputSchema.object([
                ("file_path", InputSchema.text("Absolute path of the file")), ("edits", edits),
            ]))
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.edit(try await context.files.resolve(input.text("file_path")))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let edits = (input["edits"]?.arrayValue ?? []).map(EditTool.edit(of:))
        do throws(ToolRefusal) {
            return try await context.files.edit(input.text("file_path"), edits: edits)
        } catch {
            return .error(error.message)
        }
    }
}
