import Base

/// All that one worker runs with; see ``AgentLoop``.
package struct AgentSetup: Sendable {
    /// The type's name, such as `general-purpose`; for the transcript.
    package var agent: String
    /// Who answers.
    package var service: ModelService
    /// The service's own name of the model.
    package var model: String
    /// What the worker is told first. A worker that is resumed with the same model keeps the prompt
    /// that its transcript holds.
    package var system: SystemPrompt
    /// The first message; see ``AssignmentText``.
    package var assignment: String
    /// The worker's tools with what they work on; its ``ToolContext/tools`` are those of the request.
    package var context: ToolContext
    /// Judges every call.
    package var gate: PermissionGate
    /// Whose budgets pay: names of the task and of the run.
    package var owners: [String] = []
    /// Where it ends at the latest.
    package var limits = AgentLimits()
    /// How much the model thinks, in the service's words; nil sends nothing.
    package var effort: String?
    /// Nil sends nothing, which suits every model.
    package var thinking: ModelRequest.Thinking?
    /// Shared by the workers of a run, so that one of them warms the cache for the others.
    package var prefixes: PrefixGate?
    /// Keys and tokens: wherever a tool or a message shows one of these texts, it is left out.
    package var secrets: [String] = []
    /// The clock of limits and transcript.
    package var time = Timekeeper.system

    /// A worker with the usual limits.
    package init(
        agent: String, service: ModelService, model: String, system: SystemPrompt,
        assignment: String, context: ToolContext, gate: PermissionGate
    ) {
        self.agent = agent
        self.service = service
        self.model = model
        self.system = system
        self.assignment = assignment
        self.context = context
        self.gate = gate
    }

    /// Takes from a definition what it says of effort and turns; it never raises a limit.
    package mutating func apply(_ definition: AgentDefinition) {
        agent = definition.name
        effort = definition.effort ?? effort
        if let turns = definition.maxTurns { limits.turns = min(limits.turns ?? turns, turns) }
    }
}

/// Where a worker ends at the latest, and how much its model holds.
package struct AgentLimits: Hashable, Sendable {
    /// Answers of the model, those before a resume included; nil for any number.
    package var turns: Int? = 200
    /// Of this process; what runs then is ended. Nil for any time.
    package var time: Duration?
    /// Tokens that the model's window holds, the answer included.
    package var window = 200_000
    /// Tokens of one answer; nil for a usual number.
    package var output: Int?
    /// Bytes of one tool's text that reach the model.
    package var resultBytes = 120_000

    /// The usual limits.
    package init() {}

    /// Tokens from which on the history is summed up: what is left must hold an answer.
    var fullAt: Int { max(window - min(window / 4, 32_000), 1) }
}
