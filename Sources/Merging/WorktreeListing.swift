package import Base
package import Git
import Processes

/// One worktree of a repository, as `git worktree list` names it.
package struct ListedWorktree: Hashable, Sendable {
    /// As git has recorded it; it need not exist.
    package let path: AbsolutePath
    /// The commit that it started from; nil while it has none.
    package let head: ObjectID?
    /// Whole ref name; nil when it is detached.
    package let branch: String?
    /// The place of a bare repository, where nobody works.
    package let isBare: Bool
    /// Its folder has gone, and git would forget it.
    package let isPrunable: Bool

    /// The branch's short name, or the folder's name.
    package var name: String {
        guard let branch else { return path.name }
        let prefix = "refs/heads/"
        return branch.hasPrefix(prefix) ? String(branch.dropFirst(prefix.count)) : branch
    }

    /// The main worktree first, then the linked ones.
    package static func all(
        of repository: AbsolutePath, _ program: GitProgram
    ) async throws -> [ListedWorktree] {
        let arguments = ["worktree", "list", "--porcelain", "-z"]
        let output = try await program.run(arguments, in: repository)
        guard output.ending.isSuccess else {
            throw MergeError.programFailed(
                arguments: ["git"] + arguments, message: output.errorText)
        }
        guard let found = parse(output.output) else {
            throw MergeError.unexpectedOutput(of: "git worktree list")
        }
        return found
    }

    /// Reads records of `label value` fields; nil for what is not the format.
    static func parse(_ output: [UInt8]) -> [ListedWorktree]? {
        var found: [ListedWorktree] = []
        var fields: [String: String] = [:]
        for field in output.split(separator: 0, omittingEmptySubsequences: false) {
            guard field.isEmpty else {
                let words = String(decoding: field, as: UTF8.self)
                    .split(separator: " ", maxSplits: 1)
                fields[String(words[0])] = words.count > 1 ? String(words[1]) : ""
                continue
            }
            if fields.isEmpty { continue }
            guard let path = fields["worktree"].flatMap({ AbsolutePath($0) }) else { return nil }
            let head = fields["HEAD"].flatMap { ObjectID($0) }
            found.append(
                ListedWorktree(
                    path: path, head: head == .zero ? nil : head, branch: fields["branch"],
                    isBare: fields["bare"] != nil, isPrunable: fields["prunable"] != nil))
            fields = [:]
        }
        return found
    }
}
