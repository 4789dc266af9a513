import Base

/// What the tools of one worker work with; each worker has its own.
package struct ToolContext: Sendable {
    /// The tree and the scratchpad: all files that the worker can name.
    package let files: WorkerFiles
    /// Nil where the worker has no shell.
    package let shell: ShellSession?
    /// The worker's list of things to do.
    package let todos: TodoList
    /// Fetches pages; nil where that is off.
    package let fetcher: (any PageFetcher)?
    /// Texts that ``SkillTool`` hands out.
    package let skills: SkillSet
    /// The tools that the worker has, the deferred ones included.
    package let tools: ToolCatalog
    /// Where a structured result goes; nil when none is asked for.
    package let output: StructuredOutput?

    /// A context of these parts.
    package init(
        files: WorkerFiles, shell: ShellSession? = nil, todos: TodoList = TodoList(),
        fetcher: (any PageFetcher)? = nil, skills: SkillSet = SkillSet([]),
        tools: ToolCatalog = ToolCatalog([]), output: StructuredOutput? = nil
    ) {
        self.files = files
        self.shell = shell
        self.todos = todos
        self.fetcher = fetcher
        self.skills = skills
        self.tools = tools
        self.output = output
    }
}
