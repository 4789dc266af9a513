package import Base
import CLibgit2
import Testing

/// A git repository that exists for the length of a test, driven by the real `git` program.
package struct ScratchRepository: ~Copyable {
    private let scratch: Scratch
    /// The main worktree, or the repository itself when it is bare.
    package let path: AbsolutePath
    package let environment: [String: String]

    /// Folder beside the repository for whatever the test needs.
    package var outside: AbsolutePath { scratch.path }

    /// Makes an empty repository on branch `main`.
    package init(bare: Bool = false) throws {
        #expect(Isolation.isOn, "libgit2 must not read the developer's configuration")
        let scratch = try Scratch()
        let path = scratch.path.appending(bare ? "repository.git" : "repository")
        let environment = Shell.environment(home: scratch.path)
        try Files.makeFolder(path)
        // Of the template what programs write to; git copies a dozen examples of hooks besides.
        let words = [
            "git", "init", "-q", "-b", "main", "--template=", bare ? "--bare" : ".",
        ]
        let result = try Shell.run(words, in: path, environment: environment)
        guard result.status == 0 else { throw ShellFailure(arguments: words, result: result) }
        let git = bare ? path : path.appending(".git")
        try Files.makeFolder(git.appending("hooks"))
        try Files.makeFolder(git.appending("info"))
        try Files.replace(git.appending("info/exclude"), with: "# Patterns.\n".utf8)
        self.scratch = scratch
        self.path = path
        self.environment = environment
    }

    /// Runs git and returns its output without the final newline; a failure throws.
    @discardableResult
    package func git(_ arguments: String..., input: [UInt8] = []) throws -> String {
        try git(arguments, in: path, input: input).line
    }

    /// Runs git in a folder; a failure throws unless `allowingFailure`.
    @discardableResult
    package func git(
        _ arguments: [String], in folder: AbsolutePath, input: [UInt8] = [],
        allowingFailure: Bool = false
    ) throws -> ShellResult {
        // Nothing here is left for git to tidy, and a process that looks costs as much as the commit before it.
        let words = ["git", "-c", "maintenance.auto=false"] + arguments
        let result = try Shell.run(words, in: folder, environment: environment, input: input)
        guard result.status == 0 || allowingFailure else {
            throw ShellFailure(arguments: words, result: result)
        }
        return result
    }

    /// Runs shell commands in a folder and returns what they print; a failure throws.
    @discardableResult
    package func shell(_ script: String, in folder: AbsolutePath) throws -> String {
        let words = ["/bin/sh", "-euc", script]
        let result = try Shell.run(words, in: folder, environment: environment)
        guard result.status == 0 else { throw ShellFailure(arguments: words, result: result) }
        return result.line
    }

    /// Writes a file of the worktree, making its folders.
    package func write(_ name: String, _ text: String) throws {
        let file = path.appending(name)
        try Files.makeFolder(file.parent)
        try Files.replace(file, with: text.utf8)
    }

    /// Adds everything and commits; returns the commit's whole ID.
    @discardableResult
    package func commit(_ message: String = "change") throws -> String {
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", message)
        return try committed()
    }

    /// What `HEAD` names, which a commit has just written as a file.
    private func committed() throws -> String {
        let folder = path.appending(".git")
        guard Files.kind(of: folder) == .folder else { return try git("rev-parse", "HEAD") }
        let head = try text(folder.appending("HEAD"))
        let reference = "ref: "
        guard head.hasPrefix(reference) else { return head }
        return try text(folder.appending(String(head.dropFirst(reference.count))))
    }

    private func text(_ file: AbsolutePath) throws -> String {
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

/// Cuts libgit2, in this process, off from configuration outside the repository.
private enum Isolation {
    static let isOn: Bool =
        git_libgit2_init() > 0
        && [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
            GIT_CONFIG_LEVEL_GLOBAL,
        ].allSatisfy { wt_git_set_search_path(Int32($0.rawValue), "") == 0 }
}
