package import Base
package import Git
import Processes

/// Moves a branch onto a result, with the files of whatever worktree has the branch.
///
/// Everything is made in the object database first. The branch moves by compare-and-swap, after a
/// trial of the update in each worktree that has it: either branch, index and files all follow, or
/// nothing changes. Uncommitted work stays as it is, or the landing is refused.
package struct Landing: Sendable {
    let repository: Repository
    let program: GitProgram
    let engine: GitMergeEngine?

    /// Lands in the repository; `program` reads and updates worktrees.
    package init(repository: Repository, program: GitProgram) {
        self.repository = repository
        self.program = program
        let layout = repository.layout
        engine = GitMergeEngine(
            program: program, repository: layout.worktree ?? layout.commonDirectory,
            objects: layout.commonDirectory.appending("objects"))
    }

    /// How the branch takes the result over.
    package enum Strategy: String, Sendable, CaseIterable {
        /// Keeps the result's history as the second parent of a merge commit. A result that already is
        /// a merge commit made on the branch's tip is taken as it is.
        case merge
        /// One commit with everything.
        case squash
        /// The result's first-parent commits, made again on the tip; their authors, dates and messages
        /// stay, merge commits become plain ones.
        case rebase
        /// Only if the branch's tip is an ancestor of the result.
        case ff
    }

    /// What is to land where.
    package struct Request: Sendable {
        /// The branch, short (`main`) or whole.
        package var onto: String
        /// The commit to land.
        package var result: ObjectID
        /// What the result is called in messages, such as its branch.
        package var name: String
        /// How the branch takes it over.
        package var strategy: Strategy
        /// Names the backup ref: a run or the result.
        package var backup: String
        /// Where the branch must be; nil: wherever it is at the start.
        package var expected: ObjectID?
        /// The new commit's time.
        package var time: Timestamp

        /// Without `backup` the result's name is used for it.
        package init(
            onto: String, result: ObjectID, name: String, strategy: Strategy = .merge,
            backup: String? = nil, expected: ObjectID? = nil, time: Timestamp = .now
        ) {
            self.onto = onto
            self.result = result
            self.name = name
            self.strategy = strategy
            self.backup = backup ?? name
            self.expected = expected
            self.time = time
        }
    }

    /// What came of it. Only ``landed(old:new:backup:)`` has changed anything.
    package enum Outcome: Hashable, Sendable {
        /// `backup` is a ref at `old`.
        case landed(old: ObjectID, new: ObjectID, backup: String)
        /// The branch holds the result's work already.
        case alreadyThere(ObjectID)
        /// These paths do not merge; for a rebase, when `commit` is made again.
        case conflict([RepositoryPath], commit: ObjectID?)
        /// Whether it merges cannot be told here.
        case undecided(reason: String)
        /// No fast-forward leads from the branch's tip to the result.
        case diverged(tip: ObjectID)
        /// Somebody moved the branch.
        case moved(expected: ObjectID, found: ObjectID?)
        /// Uncommitted or untracked files of the worktree that the landing would overwrite.
        case inTheWay(worktree: AbsolutePath, [RepositoryPath])
        case busy(worktree: AbsolutePath, Operation)
        case unknownBranch(String)
    }

    /// What keeps a worktree from being updated.
    package enum Operation: String, Sendable, CaseIterable {
        case merge, rebase, revert, bisect
        case cherryPick = "cherry-pick"
        /// Another program writes the index, or died while it did.
        case indexLocked = "index-locked"
        /// git knows the worktree, but its files are not there.
        case missing
    }

    /// Lands the result, or says why not.
    ///
    /// - Throws: when something failed that is neither a conflict nor in the way; the branch is then
    ///   where it was.
    package func land(_ request: Request) async throws -> Outcome {
        guard let branch = try await branch(named: request.onto),
            let tip = try await repository.target(of: branch)
        else { return .unknownBranch(request.onto) }
        if let expected = request.expected, expected != tip {
            return .moved(expected: expected, found: tip)
        }
        let worktrees = try await repository.worktrees(holding: branch)
        for worktree in worktrees {
            if let operation = worktree.operation {
                return .busy(worktree: worktree.path, operation)
            }
        }
        let new: ObjectID
        switch try await commit(for: request, on: tip, of: branch) {
        case .none(let outcome): return outcome
        case .commit(let made): new = made
        }
        let move = LandingMove(
            landing: self, request: request, branch: branch, old: tip, new: new)
        return try await move.perform(in: worktrees)
    }

    /// The whole name of the ref that git would move: symbolic refs are followed.
    private func branch(named name: String) async throws -> String? {
        let whole = name.hasPrefix("refs/heads/") ? name : "refs/heads/" + name
        guard Repository.isValidReferenceName(whole),
            try await repository.target(of: whole) != nil
        else { return nil }
        let folder = repository.layout.commonDirectory
        let output = try await program.run(
            ["--git-dir=\(folder)", "symbolic-ref", "-q", whole], in: folder)
        guard output.ending.isSuccess else { return whole }
        return output.text.split(separator: "\n").first.map(String.init) ?? whole
    }
}
