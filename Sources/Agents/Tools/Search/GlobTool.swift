import Base
import Processes

/// Finds files by their paths.
struct GlobTool: Tool {
    /// Files in one answer.
    static let limit = 100

    var definition: ToolDefinition {
        ToolDefinition(
            name: "Glob",
            description: ToolTexts.glob,
            inputSchema: InputSchema.object([
                ("pattern", InputSchema.text("Such as `**/*.swift`, below path")),
                ("path?", InputSchema.text("The folder; the tree when left out")),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        let (folder, _) = GlobTool.parts(input)
        return [.read(try await context.files.resolve(folder))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let (folder, pattern) = GlobTool.parts(input)
        do throws(ToolRefusal) {
            return try await context.files.glob(pattern, below: folder)
        } catch {
            return .error(error.message)
        }
    }

    /// Folder and pattern; of an absolute pattern, its part without wildcards is the folder.
    private static func parts(_ input: JSON) -> (folder: String, pattern: String) {
        let pattern = input.text("pattern")
        guard pattern.hasPrefix("/") else {
            return (input["path"]?.stringValue ?? ".", pattern)
        }
        let parts = pattern.split(separator: "/")
        let plain = parts.dropLast().prefix { !$0.contains { "*?[{\\".contains($0) } }
        return (
            "/" + plain.joined(separator: "/"), parts.dropFirst(plain.count).joined(separator: "/")
        )
    }
}

extension WorkerFiles {
    /// Files below a folder whose path there fits; ignored ones too.
    func glob(_ pattern: String, below text: String) throws(ToolRefusal) -> ToolOutput {
        let location = try locate(text)
        try check(location.resolved, editing: false)
        guard location.exists else {
            throw ToolRefusal("\(location.resolved.named) does not exist.")
        }
        let glob = PathGlob(pattern, isAnchored: true)
        let walk = FileWalk(place: location.place, denials: denials, honoursIgnores: false)
        let skipped = location.relative.isEmpty ? 0 : location.relative.utf8.count + 1
        var files: [FileWalk.Found]
        do throws(FileError) {
            files = try walk.files(below: location.relative) { path in
                glob.matches(path.dropFirst(skipped))
            }
        } catch {
            throw refusal(error, location.resolved.named)
        }
        if Task.isCancelled { return .error("The search was stopped.") }
        files.sort {
            $0.modified == $1.modified
                ? $0.path.lexicographicallyPrecedes($1.path) : $0.modified > $1.modified
        }
        guard !files.isEmpty else { return ToolOutput("No files found") }
        let shown = files.prefix(GlobTool.limit).map {
            location.place.folder.path.appending($0.text).description
        }
        var answer = shown.joined(separator: "\n")
        if files.count > shown.count {
            answer +=
                "\n[\(shown.count) of \(files.count) files, those changed last. Narrow the pattern.]"
        }
        return ToolOutput(
            answer,
            structured: [
                "filenames": .array(shown.map { .string($0) }), "numFiles": .int(files.count),
                "truncated": .bool(files.count > shown.count),
            ])
    }
}
