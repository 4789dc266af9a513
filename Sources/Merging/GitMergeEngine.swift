package import Base
package import Git
import Processes

/// git's own three-way merge, for the few pairs that only it can decide.
///
/// Needs git 2.38, the first with `merge-tree --write-tree`; batches need 2.39.
package struct GitMergeEngine: Sendable {
    private let program: GitProgram
    private let repository: AbsolutePath
    private let objects: AbsolutePath

    /// - Parameters:
    ///   - repository: the folder to run git in; attributes are read from a worktree there.
    ///   - objects: the repository's object folder.
    /// - Returns: nil where the program is missing or too old.
    package init?(program: GitProgram?, repository: AbsolutePath, objects: AbsolutePath) {
        guard let program, program.version >= GitVersion(2, 39) else { return nil }
        self.program = program
        self.repository = repository
        self.objects = objects
    }

    /// Do these two sides merge?
    package enum Question: Hashable, Sendable {
        /// Trees, against the given base tree.
        case trees(base: ObjectID, ours: ObjectID, theirs: ObjectID)
        /// Commits, against whatever git finds to be their base.
        case commits(ours: ObjectID, theirs: ObjectID)
    }

    /// Where the merged objects go.
    package enum Store: Sendable {
        /// Into the repository: for a merge that will be used.
        case repository
        /// Into a folder that is removed afterwards: for predictions.
        case quarantine
    }

    /// Asks git all questions in one process; the answers come in the same order.
    ///
    /// - Throws: ``MergeError`` when git could not be run or said something that is not its format.
    package func answer(
        _ questions: [Question], into store: Store
    ) async throws -> [MergeTreeAnswer] {
        guard !questions.isEmpty else { return [] }
        let memory = AbsolutePath("/dev/shm").flatMap { Files.isWritable($0) ? $0 : nil }
        let folder = try Files.makePrivateFolder(
            in: memory ?? Files.temporaryFolder, prefix: "treeguild-merge-")
        // Its content was only needed here; what is left of it after an error does no harm.
        defer { try? Files.removeTree(folder) }
        var environment: [String: String] = [:]
        if case .quarantine = store {
            environment["GIT_OBJECT_DIRECTORY"] = folder.description
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects.description
        }
        let bases = try await write(questions.compactMap(\.baseCommit), folder, environment)
        let sides = try await write(
            questions.flatMap { $0.sideCommits(bases) }, folder, environment)
        let lines = questions.map { question in
            let (ours, theirs) = question.commits(bases, sides)
            return "\(ours) \(theirs)\n"
        }
        let output = try await run(
            ["merge-tree", "--write-tree", "-z", "--messages", "--stdin"],
            input: Array(lines.joined().utf8), environment)
        guard let answers = MergeTreeAnswer.parse(output), answers.count == questions.count else {
            throw MergeError.unexpectedOutput(of: "git merge-tree")
        }
        return answers
    }

    /// A parentless or single-parent commit: git's merge wants commits whose merge base it can find.
    fileprivate struct CommitText: Hashable {
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
    private func write(
        _ commits: [CommitText], _ folder: AbsolutePath, _ environment: [String: String]
    ) async throws -> [CommitText: ObjectID] {
        let distinct = Array(Set(commits))
        guard !distinct.isEmpty else { return [:] }
        var paths = ""
        for (index, commit) in distinct.enumerated() {
            let path = folder.appending("commit-\(index)")
            try Files.replace(path, with: commit.bytes)
            paths += path.description + "\n"
        }
        let output = try await run(
            ["hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"],
            input: Array(paths.utf8), environment)
        let ids = String(decoding: output, as: UTF8.self).split(separator: "\n")
            .compactMap { ObjectID($0) }
        guard ids.count == distinct.count else {
            throw MergeError.unexpectedOutput(of: "git hash-object")
        }
        return Dictionary(zip(distinct, ids), uniquingKeysWith: { first, _ in first })
    }

    private func run(
        _ arguments: [String], input: [UInt8], _ environment: [String: String]
    ) async throws -> [UInt8] {
        let output = try await program.run(
            arguments, in: repository, input: input, environment: environment)
        guard output.ending == .exited(0) else {
            throw MergeError.programFailed(
                arguments: ["git"] + arguments,
                message: String(decoding: output.errors, as: UTF8.self))
        }
        return output.output
    }
}

extension GitMergeEngine.Question {
    fileprivate typealias Commits = [GitMergeEngine.CommitText: ObjectID]

    fileprivate var baseCommit: GitMergeEngine.CommitText? {
        guard case .trees(let base, _, _) = self else { return nil }
        return .init(tree: base, parent: nil)
    }

    fileprivate func sideCommits(_ bases: Commits) -> [GitMergeEngine.CommitText] {
        guard case .trees(_, let ours, let theirs) = self else { return [] }
        let parent = baseCommit.flatMap { bases[$0] }
        return [.init(tree: ours, parent: parent), .init(tree: theirs, parent: parent)]
    }

    fileprivate func commits(_ bases: Commits, _ sides: Commits) -> (ObjectID, ObjectID) {
        switch self {
        case .commits(let ours, let theirs): return (ours, theirs)
        case .trees(_, let ours, let theirs):
            let texts = sideCommits(bases)
            return (sides[texts[0]] ?? ours, sides[texts[1]] ?? theirs)
        }
    }
}
