import Base

/// Shows a file with line numbers.
struct ReadTool: Tool {
    /// Lines shown when none are asked for, and at most in one call.
    static let lineLimit = 2000
    /// Characters of a line that are shown.
    static let columnLimit = 2000
    /// Bytes of text in one answer: about 25,000 tokens.
    static let byteLimit = 100_000
    /// 5 MB of base64: what providers take of one image (vendors' documentation of image input).
    static let imageLimit = 3_750_000
    /// 32 MB is what a whole request may hold (documentation of PDF input).
    static let documentLimit = 20 << 20

    var definition: ToolDefinition {
        ToolDefinition(
            name: "Read",
            description: ToolTexts.read,
            inputSchema: InputSchema.object([
                ("file_path", InputSchema.text("Absolute path of the file")),
                ("offset?", InputSchema.count("Number of the first line, counted from 1")),
                ("limit?", InputSchema.count("How many lines", from: 1)),
                ("pages?", InputSchema.text("For a PDF only; it is always given whole")),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.read(try await context.files.resolve(input.text("file_path")))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        do throws(ToolRefusal) {
            return try await context.files.show(
                input.text("file_path"), offset: input.number("offset"),
                limit: input.number("limit"))
        } catch {
            return .error(error.message)
        }
    }
}

extension WorkerFiles {
    /// The answer to one reading; remembers what was shown.
    func show(_ text: String, offset: Int?, limit: Int?) throws(ToolRefusal) -> ToolOutput {
        guard let file = try load(text) else {
            throw ToolRefusal("\(text) does not exist.")
        }
        if let media = MediaType(file.bytes) { return show(file, as: media) }
        guard !file.bytes.prefix(1 << 13).contains(0) else {
            throw ToolRefusal(
                "\(file.path.named) is a binary file of \(file.bytes.count) bytes. Use a program through Bash to look into it."
            )
        }
        let page = TextPage(file.bytes, offset: offset, limit: limit)
        let digest = file.digest
        if let seen = seen(file.path.real), seen.digest == digest, let range = seen.range,
            range == page.range, !page.range.isEmpty
        {
            return ToolOutput("The file is unchanged since it was last read; see there.")
        }
        if let refusal = page.refusal { throw ToolRefusal(refusal) }
        setSeen(file.path.real, Seen(digest: digest, range: page.range))
        let nested = nestedInstructions(for: file.path.real)
        let notes = nested.map { "\n\n[These hold for files in \($0.path.parent):]\n\($0.section)" }
        return ToolOutput(page.text + notes.joined())
    }

    private func show(_ file: Snapshot, as media: MediaType) -> ToolOutput {
        let limit = media.isImage ? ReadTool.imageLimit : ReadTool.documentLimit
        guard file.bytes.count <= limit else {
            return .error(
                "\(file.path.named) is a \(media.rawValue) of \(file.bytes.count) bytes; at most \(limit) can be shown."
            )
        }
        setSeen(file.path.real, Seen(digest: file.digest, range: nil))
        let data = Base64.encode(file.bytes)
        let content: ToolContent =
            media.isImage
            ? .image(mediaType: media.rawValue, base64: data)
            : .document(mediaType: media.rawValue, base64: data)
        let note = "\(file.path.named): \(media.rawValue), \(file.bytes.count) bytes"
        return ToolOutput([.text(note), content])
    }
}
