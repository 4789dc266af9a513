import Base
import Synchronization
import TestSupport
import Testing

@testable import Agents

/// A worker's tree, transcript and tools, with a model that is a script or a closure.
struct LoopBench: ~Copyable {
    let bench: ToolBench
    let time = ManualTime(isAutomatic: true)
    let budgets = BudgetKeeper()
    let transcript: AbsolutePath
    let output: StructuredOutput?

    init(output: StructuredOutput? = nil) throws {
        bench = try ToolBench()
        transcript = bench.scratch.path.appending("worker.jsonl")
        self.output = output
    }

    var keeper: Timekeeper {
        let time = time
        return Timekeeper(
            now: { time.now },
            sleep: { duration throws(CancellationError) in try await time.wait(duration) })
    }

    func script(_ text: String) throws -> ScriptedModel {
        ScriptedModel(try ModelScript(parsing: Array(text.utf8)), time: keeper)
    }

    func setup(
        _ model: any ModelProvider, tools: [any Tool] = [], hasOthers: Bool = true
    ) throws -> AgentSetup {
        let tree = bench.tree
        let bases = PathRule.Bases(tree: tree, settings: tree, home: nil)
        let gate = PermissionGate(
            policy: PermissionPolicy(mode: .bypassPermissions, bases: bases), asker: nil,
            worker: "test")
        let context = ToolContext(
            files: try WorkerFiles(
                tree: tree, denials: PathDenials(reading: [], editing: [], bases: bases)),
            tools: ToolCatalog(tools + (hasOthers ? ToolCatalog.all.tools : [])), output: output)
        let service = ModelService(
            model, gate: ModelGate(time: keeper), budgets: budgets, prices: try Prices.builtIn(),
            isFree: false, time: keeper)
        var setup = AgentSetup(
            agent: "general-purpose", service: service, model: "claude-opus-5-5",
            system: SystemPrompt(parts: ["You work.", "In \(tree)."], shared: 1),
            assignment: "# Assignment: t\n\nDo it.", context: context, gate: gate)
        setup.time = keeper
        setup.owners = ["task", "run"]
        return setup
    }

    func run(
        _ setup: AgentSetup, mailbox: AgentMailbox = AgentMailbox(),
        report: @escaping @Sendable (AgentProgress) async -> Void = { _ in }
    ) async throws -> AgentOutcome {
        let transcript = try Transcript(opening: transcript)
        return await AgentLoop(setup, transcript: transcript, mailbox: mailbox).run(report: report)
    }

    func run(_ script: String, tools: [any Tool] = []) async throws -> AgentOutcome {
        try await run(setup(try self.script(script), tools: tools))
    }

    var entries: [TranscriptEntry] { get throws { try Transcript.read(transcript) } }

    /// What was said to the model by the loop and others, in order.
    func messages(_ origin: TranscriptEntry.Origin) throws -> [String] {
        try entries.compactMap {
            if case .message(let text, origin) = $0.content { text } else { nil }
        }
    }

    var results: [ToolResult] {
        get throws {
            try entries.compactMap {
                if case .result(let result) = $0.content { result } else { nil }
            }
        }
    }
}

/// A model that a test answers for.
struct AnsweringModel: ModelProvider {
    let name = "test"
    let answer: @Sendable (ModelRequest) async throws(ModelError) -> ModelTurn

    func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        let turn = try await answer(request)
        await report(.started(model: request.model, usage: ModelUsage()))
        await report(.text(turn.message.text))
        return ModelReply(turn: turn)
    }

    static func turn(
        _ text: String = "", _ calls: [ToolCall] = [], stop: ModelTurn.StopReason? = nil,
        usage: ModelUsage = ModelUsage()
    ) -> ModelTurn {
        var content = calls.map { ModelBlock(.toolCall($0)) }
        if !text.isEmpty { content.insert(.text(text), at: 0) }
        return ModelTurn(
            message: ModelMessage(.assistant, content),
            stop: stop ?? (calls.isEmpty ? .endTurn : .toolUse), usage: usage, model: "m")
    }

    static func error(_ kind: ModelError.Kind) -> ModelError {
        ModelError(kind, provider: "test", model: "m")
    }
}

/// Values that a test collects, in order.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    var all: [Value] { values.withLock { $0 } }
    func add(_ value: Value) { values.withLock { $0.append(value) } }

    /// Adds, and says how many there are.
    func count(adding value: Value) -> Int {
        values.withLock { values in
            values.append(value)
            return values.count
        }
    }
}

/// Writes a file as its only effect, and may be watched while it does.
struct PutTool: Tool {
    var isReadOnly = false
    var name = "Put"
    var during: @Sendable (String) async -> Void = { _ in }

    var definition: ToolDefinition {
        var definition = ToolDefinition(
            name: name, description: "Puts text into a file.",
            inputSchema: InputSchema.object([
                ("file_path", InputSchema.text("Name")), ("content", InputSchema.text("Text")),
            ]))
        definition.isReadOnly = isReadOnly
        return definition
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let name = input.text("file_path")
        await during(name)
        do throws(FileError) {
            try Files.replace(
                context.files.tree.appending(name), with: input.text("content").utf8)
        } catch {
            return .error("\(name): \(error.reason)")
        }
        return ToolOutput("put \(name)")
    }
}
