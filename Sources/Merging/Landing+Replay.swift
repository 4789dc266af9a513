import Base
import Git
import Processes

extension Landing {
    /// Makes the result's first-parent commits again on the tip, oldest first.
    func replay(_ request: Request, on tip: ObjectID) async throws -> Made {
        let committer = try await committerLine(at: request.time)
        var current = try await repository.commit(tip)
        for commit in try await firstParents(of: request.result, notIn: tip) {
            if commit.parents == [current.id] {
                current = commit
                continue
            }
            guard let parent = commit.parents.first else {
                return .none(
                    .undecided(reason: "the result and the branch have no common ancestor"))
            }
            let parentTree = try await repository.commit(parent).tree
            let tree: ObjectID
            switch try await pick(commit, from: parentTree, onto: current, request) {
            case .clean(let picked): tree = picked
            case .conflict(let merge):
                return .none(.conflict(merge.conflicts.map(\.path), commit: commit.id))
            case .undecided(let reason): return .none(.undecided(reason: reason))
            }
            // What the branch has already needs no commit; one that was empty from the start is meant.
            if tree == current.tree, commit.tree != parentTree { continue }
            current = try await write(commit, tree: tree, parent: current.id, committer)
        }
        return current.id == tip ? .none(.alreadyThere(tip)) : .commit(current.id)
    }

    /// Applies what a commit changed to another one.
    ///
    /// The merge wants commits whose merge base it finds, so it gets three that have only that history.
    private func pick(
        _ commit: Commit, from parentTree: ObjectID, onto current: Commit, _ request: Request
    ) async throws -> MergeOutcome {
        if current.tree == parentTree { return .clean(tree: commit.tree) }
        if commit.tree == parentTree || commit.tree == current.tree {
            return .clean(tree: current.tree)
        }
        func stand(for tree: ObjectID, on parents: [ObjectID]) async throws -> ObjectID {
            try await repository.writeCommit(
                tree: tree, parents: parents, author: .fallback,
                time: Timestamp(milliseconds: 0), message: "replay")
        }
        let base = try await stand(for: parentTree, on: [])
        return try await merge(
            try await stand(for: current.tree, on: [base]),
            try await stand(for: commit.tree, on: [base]), request.name)
    }

    /// Commits from the branch's history, exclusive, to the result along first parents, oldest first.
    private func firstParents(
        of result: ObjectID, notIn tip: ObjectID
    ) async throws -> [Commit] {
        let missing = Set(try await repository.commits(from: result, notIn: tip, limit: .max))
        var found: [Commit] = []
        var next: ObjectID? = result
        while let id = next, missing.contains(id) {
            let commit = try await repository.commit(id)
            found.append(commit)
            next = commit.parents.first
        }
        return found.reversed()
    }

    /// Stores the commit with another tree and parent, byte for byte the same otherwise.
    private func write(
        _ commit: Commit, tree: ObjectID, parent: ObjectID, _ committer: [UInt8]
    ) async throws -> Commit {
        let original = try await git(["cat-file", "commit", commit.id.description])
        let copy = ReplayedCommit(original).text(tree: tree, parent: parent, committer: committer)
        let output = try await git(["hash-object", "-t", "commit", "-w", "--stdin"], input: copy)
        let words = String(decoding: output, as: UTF8.self).split(separator: "\n")
        guard let id = words.first.flatMap({ ObjectID($0) }) else {
            throw MergeError.unexpectedOutput(of: "git hash-object")
        }
        return try await repository.commit(id)
    }

    /// `Name <address> seconds zone`, spelled by git.
    private func committerLine(at time: Timestamp) async throws -> [UInt8] {
        let identity = try await identity()
        let output = try await git(
            ["var", "GIT_COMMITTER_IDENT"],
            environment: [
                "GIT_COMMITTER_NAME": identity.name, "GIT_COMMITTER_EMAIL": identity.email,
                "GIT_COMMITTER_DATE": "@\(time.seconds) +0000",
            ])
        return output.last == UInt8(ascii: "\n") ? output.dropLast() : output
    }

    /// Runs git on the repository without any worktree; a failure throws.
    private func git(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) async throws -> [UInt8] {
        let folder = repository.layout.commonDirectory
        let output = try await program.run(
            ["--git-dir=\(folder)"] + arguments, in: folder, input: input,
            environment: environment)
        guard output.ending.isSuccess else {
            throw MergeError.programFailed(
                arguments: ["git"] + arguments, message: output.errorText)
        }
        return output.output
    }
}

/// A commit's text, taken apart for another place in history.
struct ReplayedCommit {
    /// Headers that stay true anywhere: signatures and the tags of merged branches do not.
    private static let kept = ["author", "encoding"]

    private var headers: [String: ArraySlice<UInt8>] = [:]
    private let message: ArraySlice<UInt8>

    init(_ text: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        var rest = text[...]
        while let end = rest.firstIndex(of: newline), end > rest.startIndex {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            // Lines that begin with a space go on with the header before them; none of the kept ones has any.
            let name = String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
            if Self.kept.contains(name) { headers[name] = line }
        }
        message = rest.dropFirst()
    }

    func text(tree: ObjectID, parent: ObjectID, committer: [UInt8]) -> [UInt8] {
        var lines = [Array("tree \(tree)".utf8), Array("parent \(parent)".utf8)]
        if let author = headers["author"] { lines.append(Array(author)) }
        lines.append(Array("committer ".utf8) + committer)
        if let encoding = headers["encoding"] { lines.append(Array(encoding)) }
        return lines.flatMap { $0 + [UInt8(ascii: "\n")] } + [UInt8(ascii: "\n")] + message
    }
}
