package import Base
package import Git
import Processes

/// Trees of work that no commit holds: uncommitted changes and patches.
///
/// All objects go to a folder of their own, and every index is a private one: nothing in a worktree or in the
/// repository is written. The folder goes with ``remove()``.
package struct WorkSnapshots: Sendable {
    /// The object folder to read the trees from.
    package let objects: AbsolutePath
    private let folder: QuarantineFolder
    private let program: GitProgram
    private let layout: RepositoryLayout

    /// Makes the folder, in memory where there is room.
    package init(program: GitProgram, layout: RepositoryLayout) throws(FileError) {
        self.program = program
        self.layout = layout
        folder = try QuarantineFolder(prefix: "treeguild-work-")
        objects = folder.path.appending("objects")
        try Files.makeFolder(objects)
    }

    /// Removes the folder with all trees; blocks.
    package func remove() { folder.remove() }

    /// What came of a try.
    package enum Snapshot: Hashable, Sendable {
        case tree(ObjectID)
        /// git refused; its words.
        case refused(String)
    }

    /// Everything in a worktree that is not ignored, committed or not.
    ///
    /// Starts from a copy of its index: that knows which files are unchanged, and which a sparse worktree leaves out.
    package func work(in worktree: AbsolutePath) async throws -> Snapshot {
        let git = try Repository(at: worktree).layout.gitDirectory
        let index = folder.path.appending("index-\(Digest.random(6).hexadecimal)")
        let original = git.appending("index")
        if Files.kind(of: original) != nil {
            // With its time: a file written in the same moment as the index is compared by content.
            let copy = try await ProgramRun.run(
                Command(
                    ["cp", "-p", "--", original.description, index.description], in: git,
                    environment: Environment.forGit(Environment.own)))
            guard copy.ending.isSuccess else { return .refused(copy.errorText) }
        }
        return try await steps([["add", "-A"]], index, in: worktree)
    }

    /// A commit's tree with a patch applied to it.
    package func patched(_ base: ObjectID, with patch: AbsolutePath) async throws -> Snapshot {
        let index = folder.path.appending("index-\(Digest.random(6).hexadecimal)")
        return try await steps(
            [
                ["read-tree", base.description],
                ["apply", "--cached", "--whitespace=nowarn", "--", patch.description],
            ], index, in: layout.worktree ?? layout.gitDirectory)
    }

    /// A commit that holds nothing, for a comparison of histories without a common ancestor.
    package func emptyCommit() async throws -> ObjectID {
        let index = folder.path.appending("index-\(Digest.random(6).hexadecimal)")
        let place = layout.worktree ?? layout.gitDirectory
        let tree: ObjectID
        switch try await steps([["read-tree", "--empty"]], index, in: place) {
        case .tree(let made): tree = made
        case .refused(let words):
            throw MergeError.programFailed(arguments: ["git", "write-tree"], message: words)
        }
        // The same name each time, whoever runs it and whenever.
        let who = ["NAME": "treeguild", "EMAIL": "treeguild@localhost", "DATE": "@0 +0000"]
        var environment = environment(index)
        for (key, value) in who {
            environment["GIT_AUTHOR_\(key)"] = value
            environment["GIT_COMMITTER_\(key)"] = value
        }
        let words = ["commit-tree", "-m", "nothing", tree.description]
        let output = try await program.run(words, in: place, environment: environment)
        guard output.ending.isSuccess else {
            throw MergeError.programFailed(
                arguments: ["git"] + words, message: output.errorText)
        }
        let name = String(decoding: output.output.prefix(40), as: UTF8.self)
        guard let commit = ObjectID(name) else {
            throw MergeError.unexpectedOutput(of: "git commit-tree")
        }
        return commit
    }

    private func environment(_ index: AbsolutePath) -> [String: String] {
        [
            "GIT_INDEX_FILE": index.description, "GIT_OBJECT_DIRECTORY": objects.description,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": QuarantineFolder.list([
                layout.commonDirectory.appending("objects")
            ]),
        ]
    }

    /// Runs commands on a private index and writes its tree.
    private func steps(
        _ commands: [[String]], _ index: AbsolutePath, in place: AbsolutePath
    ) async throws -> Snapshot {
        let environment = environment(index)
        var last: [UInt8] = []
        for command in commands + [["write-tree"]] {
            let output = try await program.run(command, in: place, environment: environment)
            if output.ending == .stopped { throw CancellationError() }
            guard output.ending.isSuccess else { return .refused(output.errorText) }
            last = output.output
        }
        let text = String(decoding: last, as: UTF8.self)
        guard let tree = text.split(separator: "\n").first.flatMap({ ObjectID($0) }) else {
            throw MergeError.unexpectedOutput(of: "git write-tree")
        }
        return .tree(tree)
    }
}
