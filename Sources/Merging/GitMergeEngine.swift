package import Base
package import Git
import Processes

/// git's own three-way merge, for the few pairs that only it can decide.
///
/// Needs git 2.39, the first whose `merge-tree --write-tree` takes many questions at once.
package struct GitMergeEngine: Sendable {
    private let program: GitProgram
    private let repository: AbsolutePath
    private let objects: AbsolutePath
    private let alternates: [AbsolutePath]
    private let limit: Duration

    /// - Parameters:
    ///   - repository: the folder to run git in.
    ///   - objects: the repository's object folder.
    ///   - alternates: further object folders that hold what the questions name.
    ///   - limit: how long git may take for one question, and a hundredth of it more for each further one.
    /// - Returns: nil where the program is missing or too old.
    package init?(
        program: GitProgram?, repository: AbsolutePath, objects: AbsolutePath,
        alternates: [AbsolutePath] = [], limit: Duration = .seconds(60)
    ) {
        guard let program, program.version >= GitVersion(2, 39) else { return nil }
        self.program = program
        self.repository = repository
        self.objects = objects
        self.alternates = alternates
        self.limit = limit
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

    /// The `.gitattributes` files that a merge goes by.
    package struct Attributes: Hashable, Sendable {
        let files: [File]

        struct File: Hashable, Sendable {
            let path: RepositoryPath
            let bytes: [UInt8]
        }

        /// Files with their paths inside the repository; folders in between need not be named.
        package init(files: [(path: RepositoryPath, bytes: [UInt8])]) {
            self.files = files.map { File(path: $0.path, bytes: $0.bytes) }
        }
    }

    /// What came of one question.
    package enum Reply: Hashable, Sendable {
        case answer(MergeTreeAnswer)
        /// git gave up at it.
        case failed
        /// git was ended because it took too long.
        case late

        /// What git said, if it did.
        package var answer: MergeTreeAnswer? {
            guard case .answer(let answer) = self else { return nil }
            return answer
        }

        /// For people: why there is no answer.
        package var missing: String {
            if case .late = self { "git took too long" } else { "git gave no answer" }
        }
    }

    /// Asks git all questions, hundreds to a process; the replies come in the same order.
    ///
    /// One question that takes too long costs the others their time again, in smaller groups; after some minutes of
    /// that, a whole group is late.
    ///
    /// - Parameters:
    ///   - attributes: nil for those of the worktree that git runs in.
    ///   - style: how conflicts are written, whatever the configuration says.
    /// - Throws: ``MergeError``, `FileError` or `ProcessError` when git could not be asked at all.
    package func answer(
        _ questions: [Question], attributes: Attributes? = nil, into store: Store,
        style: LineMerge.Style = .merge
    ) async throws -> [Reply] {
        guard !questions.isEmpty else { return [] }
        let folder = try QuarantineFolder(prefix: "treeguild-merge-")
        defer { folder.remove() }
        let batch = try batch(folder.path, attributes, store)
        let bases = try await batch.write(questions.compactMap(\.baseCommit))
        let sides = try await batch.write(questions.flatMap { $0.sideCommits(bases) })
        var replies: [Reply] = []
        var patience = limit * 5
        var next = questions[...]
        while !next.isEmpty {
            // 400: an answer of many conflicts stays far below what is kept of a program's output.
            replies += try await batch.ask(
                next.prefix(400).map { question in
                    let (ours, theirs) = question.commits(bases, sides)
                    return "\(ours) \(theirs)\n"
                }[...], style, &patience)
            next = next.dropFirst(400)
        }
        return replies
    }

    private func batch(
        _ folder: AbsolutePath, _ attributes: Attributes?, _ store: Store
    ) throws -> MergeTreeBatch {
        var environment: [String: String] = [:]
        var others = alternates
        if case .quarantine = store {
            environment["GIT_OBJECT_DIRECTORY"] = folder.appending("objects").description
            others.insert(objects, at: 0)
            try Files.makeFolder(folder.appending("objects"))
        }
        if !others.isEmpty {
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = QuarantineFolder.list(others)
        }
        var place = repository
        if let attributes {
            place = folder.appending("worktree")
            try Files.makeFolder(place)
            for file in attributes.files {
                let path = place.appending(file.path.description)
                // A tree object may claim any name, such as `..`.
                guard path.isInside(place), Files.kind(of: path) == nil else { continue }
                try Files.makeFolder(path.parent)
                try Files.create(path, with: file.bytes)
            }
            environment["GIT_DIR"] = objects.parent.description
            environment["GIT_WORK_TREE"] = place.description
        }
        return MergeTreeBatch(
            program: program, place: place, folder: folder, environment: environment,
            limit: limit)
    }
}

extension GitMergeEngine.Question {
    fileprivate typealias Commits = [MergeTreeBatch.CommitText: ObjectID]

    fileprivate var baseCommit: MergeTreeBatch.CommitText? {
        guard case .trees(let base, _, _) = self else { return nil }
        return .init(tree: base, parent: nil)
    }

    fileprivate func sideCommits(_ bases: Commits) -> [MergeTreeBatch.CommitText] {
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
