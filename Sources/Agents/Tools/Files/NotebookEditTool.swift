import Base

/// Changes one cell of a Jupyter notebook.
struct NotebookEditTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "NotebookEdit",
            description: ToolTexts.notebookEdit,
            inputSchema: InputSchema.object([
                ("notebook_path", InputSchema.text("Absolute path of the .ipynb file")),
                ("new_source", InputSchema.text("The cell's new source; ignored when deleting")),
                (
                    "cell_id?",
                    InputSchema.text(
                        "ID or number (`cell-3`) of the cell; to insert, the one before")
                ),
                ("cell_type?", InputSchema.word(["code", "markdown"], "Needed to insert")),
                (
                    "edit_mode?",
                    InputSchema.word(["replace", "insert", "delete"], "`replace` when left out")
                ),
            ]))
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        [.edit(try await context.files.resolve(input.text("notebook_path")))]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        do throws(ToolRefusal) {
            return try await context.files.editNotebook(input)
        } catch {
            return .error(error.message)
        }
    }
}

extension WorkerFiles {
    /// Changes one cell; all else of the notebook keeps its order and spelling of numbers.
    func editNotebook(_ input: JSON) throws(ToolRefusal) -> ToolOutput {
        let text = input.text("notebook_path")
        guard let file = try load(text) else { throw ToolRefusal("\(text) does not exist.") }
        guard let seen = seen(file.path.real), seen.digest == file.digest else {
            throw ToolRefusal("\(file.path.named) must be read first, in its present state.")
        }
        let document: JSON
        do throws(JSONError) {
            document = try JSON(parsing: file.bytes)
        } catch {
            throw ToolRefusal(
                "\(file.path.named) is no notebook: JSON breaks at byte \(error.offset), expected \(error.expected)."
            )
        }
        var notebook = try Notebook(document)
        let answer = try notebook.apply(
            mode: input["edit_mode"]?.stringValue ?? "replace",
            cell: input["cell_id"]?.stringValue, type: input["cell_type"]?.stringValue,
            source: input.text("new_source"))
        try store(Array((notebook.text + "\n").utf8), at: text)
        return ToolOutput(answer)
    }
}

/// The cells of a notebook in nbformat 4.
struct Notebook {
    private var members: JSON.Members
    private var cells: [JSON]

    init(_ document: JSON) throws(ToolRefusal) {
        guard let members = document.objectValue, let cells = members["cells"]?.arrayValue else {
            throw ToolRefusal("The file has no list of cells, so it is no notebook of format 4.")
        }
        (self.members, self.cells) = (members, cells)
    }

    /// With one space per level, as Jupyter writes it.
    var text: String {
        var members = members
        members["cells"] = .array(cells)
        return JSON.object(members).indented(by: 1)
    }

    mutating func apply(
        mode: String, cell: String?, type: String?, source: String
    ) throws(ToolRefusal) -> String {
        let place = try cell.map { id throws(ToolRefusal) in try index(of: id) }
        switch mode {
        case "insert":
            guard let type else { throw ToolRefusal("cell_type is needed to insert a cell.") }
            cells.insert(new(type, source), at: place.map { $0 + 1 } ?? 0)
            return "Inserted a \(type) cell as number \((place.map { $0 + 1 }) ?? 0)."
        case "delete":
            guard let place else { throw ToolRefusal("cell_id is needed to delete a cell.") }
            cells.remove(at: place)
            return "Deleted cell number \(place)."
        default:
            guard let place, var changed = cells[place].objectValue else {
                throw ToolRefusal("cell_id is needed to replace a cell's source.")
            }
            changed["source"] = Notebook.lines(source)
            if let type, changed["cell_type"]?.stringValue != type {
                changed["cell_type"] = .string(type)
                changed["outputs"] = type == "code" ? [] : nil
                changed["execution_count"] = type == "code" ? .null : nil
            } else if changed["cell_type"] == "code" {
                // Outputs of other source would lie.
                changed["outputs"] = []
                changed["execution_count"] = .null
            }
            cells[place] = .object(changed)
            return "Replaced the source of cell number \(place)."
        }
    }

    private func index(of id: String) throws(ToolRefusal) -> Int {
        if let index = cells.firstIndex(where: { $0["id"]?.stringValue == id }) { return index }
        let number = id.hasPrefix("cell-") ? Int(id.dropFirst(5)) : Int(id)
        guard let number, cells.indices.contains(number) else {
            throw ToolRefusal(
                "There is no cell \(id); the notebook has \(Text.count(cells.count, "cell")), counted from 0."
            )
        }
        return number
    }

    private func new(_ type: String, _ source: String) -> JSON {
        var cell = JSON.Members([("cell_type", .string(type))])
        // IDs came with format 4.5; an older notebook must not have them.
        if (members["nbformat_minor"]?.intValue ?? 0) >= 5 {
            cell["id"] = .string(Digest.random(4).hexadecimal)
        }
        cell["metadata"] = .object(JSON.Members())
        if type == "code" {
            cell["execution_count"] = .null
            cell["outputs"] = []
        }
        cell["source"] = Notebook.lines(source)
        return .object(cell)
    }

    /// Lines with their ends, the form in which notebooks keep text.
    private static func lines(_ text: String) -> JSON {
        var lines: [JSON] = []
        var line = ""
        for scalar in text.unicodeScalars {
            line.unicodeScalars.append(scalar)
            if scalar == "\n" {
                lines.append(.string(line))
                line = ""
            }
        }
        if !line.isEmpty { lines.append(.string(line)) }
        return .array(lines)
    }
}

extension JSON {
    /// Pretty text with another indentation than ``pretty`` has; strings hold no real newlines.
    func indented(by width: Int) -> String {
        let lines: [Substring] = pretty.split(omittingEmptySubsequences: false) { $0 == "\n" }
        let indented: [String] = lines.map { line in
            let spaces = line.prefix { $0 == " " }.count
            return String(repeating: " ", count: spaces / 2 * width) + line.dropFirst(spaces)
        }
        return indented.joined(separator: "\n")
    }
}
