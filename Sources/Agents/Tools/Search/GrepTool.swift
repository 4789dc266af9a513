import Base

/// Searches the content of files.
struct GrepTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "Grep",
            description: ToolTexts.grep,
            inputSchema: InputSchema.object([
                ("pattern", InputSchema.text("The regular expression")),
                ("path?", InputSchema.text("File or folder to search; the tree when left out")),
                ("glob?", InputSchema.text("Only files such as `*.js` or `src/**/*.{ts,tsx}`")),
                ("type?", InputSchema.text("Only files of a language, such as js, py, rust")),
                (
                    "output_mode?",
                    InputSchema.word(
                        ["content", "files_with_matches", "count"],
                        "`files_with_matches` when left out")
                ),
                ("-i?", InputSchema.flag("Upper and lower case are the same")),
                ("-n?", InputSchema.flag("Show line numbers in content mode; true when left out")),
                ("-o?", InputSchema.flag("Show only what matched, in content mode")),
                ("-A?", InputSchema.count("Lines after each match")),
                ("-B?", InputSchema.count("Lines before each match")),
                ("-C?", InputSchema.count("Lines before and after each match")),
                ("context?", InputSchema.count("The same as -C")),
                (
                    "head_limit?",
                    InputSchema.count("Lines of the answer; 250 when left out, 0 for all")
                ),
                ("offset?", InputSchema.count("Lines of the answer to leave out first")),
                ("multiline?", InputSchema.flag("The pattern may cross lines; `.` takes newlines")),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.read(try await context.files.resolve(input["path"]?.stringValue ?? "."))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        do throws(ToolRefusal) {
            let query = try GrepQuery(input)
            let program: PatternProgram
            do throws(PatternError) {
                program = try PatternProgram(
                    query.pattern, isCaseless: query.isCaseless, isMultiline: query.isMultiline)
            } catch {
                throw ToolRefusal(
                    "The pattern is no regular expression: \(error.reason) (at character \(error.offset))."
                )
            }
            let target = try await context.files.resolve(query.path ?? ".")
            let candidates = await Ripgrep.candidates(for: query, in: target.real)
            return try await context.files.grep(query, program, candidates: candidates)
        } catch {
            return .error(error.message)
        }
    }
}
