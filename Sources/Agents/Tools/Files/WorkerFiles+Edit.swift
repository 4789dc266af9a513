import Base

extension WorkerFiles {
    /// Writes a whole file; one that exists must have been read, and not changed since.
    func write(_ text: String, content: String) throws(ToolRefusal) -> ToolOutput {
        let existing = try load(text)
        if let existing {
            guard let seen = seen(existing.path.real) else {
                throw ToolRefusal(
                    "\(existing.path.named) exists and has not been read. Read it first, then write."
                )
            }
            guard seen.digest == existing.digest else {
                throw ToolRefusal(
                    "\(existing.path.named) was changed since it was read. Read it again, then write."
                )
            }
        }
        try store(Array(content.utf8), at: text)
        let path = existing?.path.named ?? AbsolutePath(text, relativeTo: tree)
        let count = Array(content.utf8).lineSlices.count
        return ToolOutput(
            "\(existing == nil ? "Created" : "Wrote") \(path) (\(Text.count(count, "line"))).",
            structured: [
                "filePath": .string(path.description), "created": .bool(existing == nil),
            ])
    }

    /// Makes all replacements in one file or none.
    func edit(_ text: String, edits: [TextEdit]) throws(ToolRefusal) -> ToolOutput {
        guard let existing = try load(text) else { return try create(text, edits) }
        let named = existing.path.named
        guard let seen = seen(existing.path.real) else {
            throw ToolRefusal("\(named) has not been read. Read it first, then edit.")
        }
        guard var file = TextFile(existing.bytes) else {
            throw ToolRefusal("\(named) is no text in UTF-8 and cannot be edited with this tool.")
        }
        let isStale = seen.digest != existing.digest
        for (index, edit) in edits.enumerated() {
            do throws(TextEdit.Failure) {
                // The model may name line ends as the file has them on disk.
                file.text = try edit.normalised(for: file).applied(to: file.text)
            } catch {
                let which =
                    edits.count > 1 ? "Edit \(index + 1) of \(edits.count), none made: " : ""
                let stale = isStale ? " The file was changed since it was read; read it again." : ""
                throw ToolRefusal(which + error.sentence(named) + stale)
            }
        }
        try store(file.bytes, at: text)
        var answer = "Edited \(named)."
        if isStale {
            answer += " It was changed on disk since you read it; the change still applied."
        }
        return ToolOutput(
            answer,
            structured: ["filePath": .string(named.description), "edits": .int(edits.count)])
    }

    /// The old convention: an empty old text makes a new file.
    private func create(_ text: String, _ edits: [TextEdit]) throws(ToolRefusal) -> ToolOutput {
        guard let first = edits.first, first.old.isEmpty else {
            throw ToolRefusal(
                "\(text) does not exist. To create it use Write, or an empty old_string.")
        }
        var content = first.new
        for edit in edits.dropFirst() {
            do throws(TextEdit.Failure) {
                content = try edit.applied(to: content)
            } catch {
                let path = AbsolutePath(text, relativeTo: tree)
                throw ToolRefusal("Nothing was made: " + error.sentence(path))
            }
        }
        return try write(text, content: content)
    }
}

extension TextEdit {
    /// The same in the line ends that the file's text has while it is edited.
    fileprivate func normalised(for file: TextFile) -> TextEdit {
        guard file.hasCRLF, old.utf8.contains(13) || new.utf8.contains(13),
            !file.text.utf8.contains(13)
        else { return self }
        func withoutCR(_ text: String) -> String {
            String(decoding: text.utf8.filter { $0 != 13 }, as: UTF8.self)
        }
        return TextEdit(old: withoutCR(old), new: withoutCR(new), replacesAll: replacesAll)
    }
}

extension TextEdit.Failure {
    /// The sentence for the model.
    fileprivate func sentence(_ path: AbsolutePath) -> String {
        switch self {
        case .nothingToChange: "old_string and new_string are the same."
        case .emptyOld: "old_string is empty and \(path) exists already."
        case .notFound:
            "old_string was not found in \(path). It must match exactly, spaces and line ends included, without line numbers."
        case .ambiguous(let count):
            "old_string occurs \(count) times in \(path). Add surrounding lines so that it occurs once, or set replace_all."
        }
    }
}
