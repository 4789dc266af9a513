import Base
import Processes
import TestSupport
import Testing

@testable import Agents

/// A tree with the tools of one worker.
struct ToolBench: ~Copyable {
    let scratch: Scratch
    let tree: AbsolutePath
    let context: ToolContext

    init(
        denials: PathDenials? = nil, withShell: Bool = false,
        clock: any Clock<Duration> = ContinuousClock(), fetcher: (any PageFetcher)? = nil,
        skills: [SkillSet.Skill] = [], output: StructuredOutput? = nil
    ) throws {
        let scratch = try Scratch()
        let tree = scratch.path.appending("tree")
        try Files.makeFolder(tree)
        try Files.makeFolder(scratch.path.appending("pad"))
        let pad = try Files.resolve(scratch.path.appending("pad"))
        let bases = PathRule.Bases(tree: tree, settings: tree, home: nil)
        let files = try WorkerFiles(
            tree: tree, others: [.init(pad)],
            denials: denials ?? PathDenials(reading: [], editing: [], bases: bases))
        let shell =
            withShell
            ? ShellSession(
                files: files, outputs: pad.appending("outputs"), moves: pad,
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
                runner: SupervisedShellRunner(), clock: clock, teardown: .immediate) : nil
        context = ToolContext(
            files: files, shell: shell, fetcher: fetcher, skills: SkillSet(skills),
            tools: .all, output: output)
        self.tree = files.tree
        self.scratch = scratch
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Files.makeFolder(tree.appending(name).parent)
        try Files.replace(tree.appending(name), with: bytes)
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Files.read(tree.appending(name)), as: UTF8.self)
    }

    /// Calls a tool as the catalogue does, with all allowed.
    func call(_ tool: String, _ input: [(String, JSON)]) async -> ToolOutput {
        let bases = PathRule.Bases(tree: tree, settings: tree, home: nil)
        let gate = PermissionGate(
            policy: PermissionPolicy(mode: .bypassPermissions, bases: bases), asker: nil,
            worker: "test")
        return await ToolCatalog.all.call(
            tool, .object(JSON.Members(input)), in: context, through: gate)
    }
}
