import Base
import Git
import Processes

/// One set of questions to `git merge-tree`, with where git runs and where objects go.
struct MergeTreeBatch: Sendable {
    let program: GitProgram
    /// The folder that git is started in.
    let place: AbsolutePath
    /// A private folder for files.
    let folder: AbsolutePath
    let environment: [String: String]
    /// How long git may take for one question.
    let limit: Duration

    /// A parentless or single-parent commit: git's merge wants commits whose merge base it can find.
    struct CommitText: Hashable {
        let tree: ObjectID
        let parent: ObjectID?

        var bytes: [UInt8] {
            let parents = parent.map { "parent \($0)\n" } ?? ""
            let who = "treeguild <treeguild@localhost> 0 +0000"
            return Array(
                "tree \(tree)\n\(parents)author \(who)\ncommitter \(who)\n\nmerge\n".utf8)
        }
    }

    /// Stores commits by one process, which reads each from a file.
    func write(_ commits: [CommitText]) async throws -> [CommitText: ObjectID] {
        let distinct = Array(Set(commits))
        guard !distinct.isEmpty else { return [:] }
        let texts = try QuarantineFolder(prefix: "commits-", in: folder)
        var paths = ""
        for (index, commit) in distinct.enumerated() {
            let path = texts.path.appending("\(index)")
            try Files.create(path, with: commit.bytes)
            paths += path.description + "\n"
        }
        let output = try await run(
            ["hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"],
            input: Array(paths.utf8))
        let ids = String(decoding: output, as: UTF8.self).split(separator: "\n")
            .compactMap { ObjectID($0) }
        guard ids.count == distinct.count else {
            throw MergeError.unexpectedOutput(of: "git hash-object")
        }
        return Dictionary(zip(distinct, ids), uniquingKeysWith: { first, _ in first })
    }

    /// Asks the questions, each a line of two commits.
    ///
    /// - Parameter patience: the time that may still be lost with questions that take too long.
    func ask(
        _ lines: ArraySlice<String>, _ style: LineMerge.Style, _ patience: inout Duration
    ) async throws -> [GitMergeEngine.Reply] {
        let timeout = limit * (100 + lines.count) / 100
        do {
            let output = try await run(
                [
                    "-c", "merge.conflictStyle=\(style.rawValue)", "merge-tree", "--write-tree",
                    "-z", "--messages", "--stdin",
                ],
                input: Array(lines.joined().utf8), timeout: timeout)
            guard let answers = MergeTreeAnswer.parse(output), answers.count == lines.count else {
                throw MergeError.unexpectedOutput(of: "git merge-tree")
            }
            return answers.map { .answer($0) }
        } catch is Late {
            patience -= timeout
            if lines.count == 1 || patience <= .zero { return lines.map { _ in .late } }
        } catch let error as MergeError {
            if lines.count == 1, case .programFailed = error { return [.failed] }
            guard lines.count > 1 else { throw error }
        }
        // git gives up at the first question that it cannot answer: the halves tell which one it is.
        let middle = lines.startIndex + lines.count / 2
        let first = try await ask(lines[..<middle], style, &patience)
        return try await first + ask(lines[middle...], style, &patience)
    }

    private struct Late: Error {}

    private func run(
        _ arguments: [String], input: [UInt8], timeout: Duration? = nil
    ) async throws -> [UInt8] {
        let output = try await program.run(
            arguments, in: place, input: input, environment: environment, timeout: timeout)
        if output.ending == .stopped { throw CancellationError() }
        if output.ending == .timedOut { throw Late() }
        guard output.ending == .exited(0) else {
            throw MergeError.programFailed(
                arguments: ["git"] + arguments,
                message: String(decoding: output.errors, as: UTF8.self))
        }
        return output.output
    }
}

/// A private folder for objects that may be thrown away, in memory where there is room.
struct QuarantineFolder {
    let path: AbsolutePath

    /// Makes the folder; somebody has to call ``remove()``.
    init(prefix: String, in parent: AbsolutePath? = nil) throws(FileError) {
        let memory = AbsolutePath("/dev/shm").flatMap { Files.isWritable($0) ? $0 : nil }
        path = try Files.makePrivateFolder(
            in: parent ?? memory ?? Files.temporaryFolder, prefix: prefix)
    }

    func remove() {
        // Its content was only needed here; what is left of it after an error does no harm.
        try? Files.removeTree(path)
    }

    /// Folders as git's variable for alternates wants them.
    static func list(_ folders: [AbsolutePath]) -> String {
        folders.map { folder in
            let text = folder.description
            guard text.contains(":") || text.hasPrefix("\"") else { return text }
            // "Quoted in C style" (git documentation, GIT_ALTERNATE_OBJECT_DIRECTORIES).
            let escaped = text.flatMap { "\"\\".contains($0) ? "\\\($0)" : String($0) }
            return "\"\(String(escaped))\""
        }.joined(separator: ":")
    }
}
