import Base
import CLibgit2

/// Indexes that libgit2 cannot read: split ones, sparse ones, ones without a checksum.
extension Worktrees {
    /// How the `git` program is told to write an index as libgit2 reads it.
    private static let writing =
        plainly + ["update-index", "--no-split-index", "--force-write-index"]

    /// Settings under which git writes every index in that form.
    static let plainly = [
        "-c", "core.splitIndex=false", "-c", "index.sparse=false", "-c", "index.skipHash=false",
    ]

    /// Runs the body while the opened tree reads a copy of its index that is neither split nor sparse.
    ///
    /// The index itself is only read.
    func withPlainIndex<Result: Sendable>(
        of tree: Worktree, in opened: Repository, stage: WorktreeStage,
        _ body: () async throws -> Result
    ) async throws(WorktreeError) -> Result {
        guard let git else { throw WorktreeError(stage, tree.path.description, .needsGit([])) }
        let folder = opened.layout.gitDirectory
        let copy = folder.appending("index.plain-" + Digest.random(6).hexadecimal)
        // What is left of it would be taken by nothing.
        defer { try? Files.removeFile(copy) }
        return try await WorktreeError.during(stage, tree.path.description) {
            try Files.create(copy, with: Files.read(folder.appending("index")))
            try await git.runToSuccess(
                Worktrees.writing, in: tree.path, stage: stage,
                environment: ["GIT_INDEX_FILE": copy.description])
            await opened.use(plainIndex: copy)
            do {
                let result = try await body()
                await opened.use(plainIndex: nil)
                return result
            } catch {
                await opened.use(plainIndex: nil)
                throw error
            }
        }
    }

    /// Rewrites a tree's index in the plain form, since it is to be written anyway.
    func makeIndexPlain(of tree: Worktree) async throws(WorktreeError) {
        guard let git else { throw WorktreeError(.commit, tree.path.description, .needsGit([])) }
        try await git.runToSuccess(Worktrees.writing, in: tree.path, stage: .commit)
    }
}

extension Repository {
    /// Sets what is read in place of the index.
    func use(plainIndex: AbsolutePath?) { self.plainIndex = plainIndex }
}
