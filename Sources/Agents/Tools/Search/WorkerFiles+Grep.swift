import Base
import Glibc
import Processes

extension WorkerFiles {
    /// Searches below a path.
    ///
    /// - Parameter candidates: Real paths of the files that may match, from a faster program.
    func grep(
        _ query: GrepQuery, _ program: PatternProgram, candidates: Set<AbsolutePath>?
    ) throws(ToolRefusal) -> ToolOutput {
        let location = try locate(query.path ?? ".")
        try check(location.resolved, editing: false)
        guard location.exists else {
            throw ToolRefusal("\(location.resolved.named) does not exist.")
        }
        let walk = FileWalk(place: location.place, denials: denials, honoursIgnores: true)
        let skipped = location.relative.isEmpty ? 0 : location.relative.utf8.count + 1
        var files: [FileWalk.Found]
        do throws(FileError) {
            files = try walk.files(below: location.relative) { path in
                query.wants(path.dropFirst(skipped))
            }
        } catch {
            throw refusal(error, location.resolved.named)
        }
        if let candidates {
            files.removeAll { !candidates.contains(location.place.folder.path.appending($0.text)) }
        }
        files.sort { $0.path.lexicographicallyPrecedes($1.path) }
        var search = FileSearch(program, isMultiline: query.isMultiline)
        var output = GrepOutput(query)
        for file in files {
            if Task.isCancelled { return .error("The search was stopped.") }
            guard file.size > 0, let bytes = content(of: file, in: location.place) else { continue }
            guard let found = search.search(bytes, output.want), found.count > 0 else { continue }
            output.add(found, of: file, as: display(file, in: location.place), bytes)
            if output.isFull { break }
        }
        return output.result
    }

    /// Below the tree the short form: it is where relative paths start.
    func display(_ file: FileWalk.Found, in place: OpenPlace) -> String {
        place.folder.path == tree
            ? file.text : place.folder.path.appending(file.text).description
    }

    /// Nil for what cannot be read, went meanwhile, or is larger than 64 MiB.
    private func content(of file: FileWalk.Found, in place: OpenPlace) -> [UInt8]? {
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
        guard
            // A file that cannot be opened is not searched; searching goes on.
            let descriptor = try? place.folder.open(file.text, flags: flags, following: false)
        else { return nil }
        defer { close(descriptor) }
        // The same for one that cannot be read.
        return try? OpenFile.read(
            descriptor, size: file.size, limit: 64 << 20, path: file.text)
    }
}

/// Collects the answer of a search.
struct GrepOutput {
    private let query: GrepQuery
    private var rows: [(text: String, modified: Int64)] = []
    private var files = 0
    private var matches = 0
    private var bytes = 0

    /// Bytes of text in one answer: about 25,000 tokens.
    static let byteLimit = 100_000
    /// Characters of a line that are shown.
    static let columnLimit = 500

    init(_ query: GrepQuery) { self.query = query }

    var want: FileSearch.Want {
        switch query.mode {
        case .files: .existence
        case .count: .lines
        case .content: query.onlyMatching ? .spans : .lines
        }
    }

    /// Lists of files are sorted by time, so none may be left out; lines come in their order.
    var isFull: Bool {
        guard query.mode == .content else { return false }
        return bytes > GrepOutput.byteLimit * 2
            || query.limit.map { rows.count > query.offset + $0 } ?? false
    }

    mutating func add(
        _ found: FileSearch.Found, of file: FileWalk.Found, as name: String, _ text: [UInt8]
    ) {
        files += 1
        matches += found.count
        switch query.mode {
        case .files: rows.append((name, file.modified))
        case .count: rows.append(("\(name):\(found.count)", 0))
        case .content:
            if query.onlyMatching {
                for span in found.spans {
                    let match = String(decoding: text[span.range], as: UTF8.self)
                    append(name, line: span.line, ":", match)
                }
            } else {
                addLines(found, name, text)
            }
        }
    }

    private mutating func addLines(_ found: FileSearch.Found, _ name: String, _ text: [UInt8]) {
        var shown = -1
        let hasContext = query.before + query.after > 0
        let hits = Set(found.lines)
        for line in found.lines where !isFull {
            let first = max(shown + 1, line - query.before)
            let last = min(found.starts.count - 1, line + query.after)
            guard first <= last else { continue }
            if hasContext, !rows.isEmpty, shown < 0 || first > shown + 1 {
                rows.append(("--", 0))
            }
            for one in first...last {
                let start = found.starts[one]
                var end = one + 1 < found.starts.count ? found.starts[one + 1] : text.count
                if end > start, text[end - 1] == 10 { end -= 1 }
                if end > start, text[end - 1] == 13 { end -= 1 }
                let content = String(decoding: text[start..<end], as: UTF8.self)
                append(name, line: one, hits.contains(one) ? ":" : "-", content)
            }
            shown = last
        }
    }

    private mutating func append(_ name: String, line: Int, _ mark: String, _ content: String) {
        var row = name + mark + (query.showsNumbers ? "\(line + 1)\(mark)" : "")
        if content.utf8.count > GrepOutput.columnLimit, content.count > GrepOutput.columnLimit {
            let rest = content.count - GrepOutput.columnLimit
            row += content.prefix(GrepOutput.columnLimit) + "… [\(rest) more characters]"
        } else {
            row += content
        }
        bytes += row.utf8.count
        rows.append((row, 0))
    }

    var result: ToolOutput {
        guard !rows.isEmpty else {
            return ToolOutput(
                query.mode == .content ? "No matches found" : "No files found",
                structured: ["mode": .string(query.mode.rawValue), "numFiles": 0])
        }
        var rows = rows
        if query.mode == .files {
            rows.sort { ($0.modified, $1.text) > ($1.modified, $0.text) }
        }
        var shown = Array(rows.dropFirst(query.offset))
        if let limit = query.limit { shown = Array(shown.prefix(limit)) }
        var used = 0
        let fitting = shown.prefix { row in
            used += row.text.utf8.count + 1
            return used <= GrepOutput.byteLimit
        }
        let end = query.offset + fitting.count
        var text = fitting.map(\.text).joined(separator: "\n")
        if end < rows.count {
            let all = query.mode == .content && isFull ? "more" : "\(rows.count) in all"
            text +=
                "\n\n[Lines \(query.offset + 1) to \(end) of the answer, \(all). Read on with offset \(end), or narrow the search.]"
        }
        if fitting.isEmpty { text = "The answer has \(rows.count) lines; offset is past its end." }
        return ToolOutput(
            text,
            structured: [
                "mode": .string(query.mode.rawValue), "numFiles": .int(files),
                "numMatches": .int(matches),
            ])
    }
}
