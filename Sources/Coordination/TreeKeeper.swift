import Agents
import Base
import Git
import Merging
import Processes
import Store
import Tasks

/// Makes, looks into and removes the trees of one run.
struct TreeKeeper: Sendable {
    let context: RunContext
    let git: GitProgram?
    let ledger: Ledger
    /// Of the user on this machine.
    let book: LeaseBook
    /// Takes a sentence about something that went wrong and holds nothing up.
    let warn: @Sendable (String) -> Void
    /// Watches over the commands of set-ups and tear-downs, where a run is in progress.
    var tripwire: Tripwire?

    init(
        context: RunContext, git: GitProgram?, ledger: Ledger,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.git = git
        self.ledger = ledger
        self.warn = warn
        book = LeaseBook(environment: Environment.own)
    }

    /// Which tree is wanted.
    struct Spec: Sendable {
        let name: String
        let task: TaskID?
        /// Whole ref name; nil for a detached tree.
        let branch: String?
        let base: ObjectID
        var origin = Origin.base
    }

    /// What a tree holds when it is made.
    enum Origin: Sendable {
        case base
        /// What its branch, which is there, leads to.
        case branch(ObjectID)
        /// The work under a ref.
        case preserved(String)
    }

    /// Folder of a tree.
    func path(of name: String) -> AbsolutePath {
        context.folders.trees.appending(name.replacing("/", with: "-"))
    }

    /// Name of a tree's registration under `<common>/worktrees`.
    func registration(of name: String) -> String {
        "treeguild-\(context.run)-\(name.replacing("/", with: "-"))"
    }

    /// Reason of a tree's lock: its run and the process that works on it.
    var lockReason: String { "treeguild run \(context.run) process \(ProcessIdentity.current)" }

    /// A worker's variables; writes its assignment file, so it blocks.
    ///
    /// No `GIT_…` variable and no secret but those that the plan names.
    func environment(
        of tree: TreeRecord, key: String, assignment: String, adding: [String: String]
    ) throws -> [String: String] {
        let records = context.folders.records(of: key)
        try Files.makeFolder(records, mode: 0o700)
        let task = records.appending("task.md")
        try Files.replace(task, with: Array(assignment.utf8), mode: 0o600)
        var variables = Environment.forWorkers(Environment.own)
        variables.merge(adding.filter { !$0.key.hasPrefix("GIT_") }) { $1 }
        variables.merge(tree.lease?.environment ?? [:]) { $1 }
        variables["TREEGUILD_RUN"] = context.run.description
        variables["TREEGUILD_TASK"] = tree.name
        variables["TREEGUILD_WORKTREE"] = tree.path.description
        variables["TREEGUILD_BASE"] = tree.base.description
        variables["TREEGUILD_SCRATCHPAD"] = context.folders.scratchpad.description
        variables["TREEGUILD_TASK_FILE"] = task.description
        variables["TREEGUILD_RESULT_FILE"] = resultFile(of: key).description
        variables["PWD"] = tree.path.description
        let worker = sandboxed(tree, key: key)
        try profile.prepare(worker)
        // A tree without a lease has a folder of the run.
        variables["TMPDIR"] = worker.temporary.description
        variables["TREEGUILD_TMP"] = worker.temporary.description
        return variables
    }

    private func resultFile(of key: String) -> AbsolutePath {
        results(of: key).appending("result.json")
    }

    /// Leaves what a model said last where a command leaves its summary, unless there is one.
    func summarise(_ text: String, key: String) {
        let file = resultFile(of: key)
        guard Files.kind(of: file) == nil else { return }
        let summary: JSON = ["summary": .string(text)]
        // A summary that cannot be written is missing, no more.
        try? Files.replace(file, with: Array(summary.compact.utf8), mode: 0o600)
    }

    /// Leaves secrets out of the result that a worker wrote.
    func maskResult(_ mask: SecretMask, key: String) {
        let file = resultFile(of: key)
        // One that cannot be read is read by nobody.
        guard let bytes = try? Files.readPlain(file, limit: 1 << 20) else { return }
        // Within a document a secret may be spelled with escapes.
        let plain = mask.all(bytes[...])
        let document = try? JSON(parsing: plain)  // Any other text is masked as it is.
        let masked = document.map { (mask.all($0) ?? $0).compact }
        let text = masked.map { Array($0.utf8) } ?? Array(plain)
        // What cannot be replaced goes: a missing result has no secrets.
        do { try Files.replace(file, with: text, mode: 0o600) } catch {
            try? Files.removeFile(file)  // As above.
        }
    }

    /// Removes a worker's result, so that what it says next is its last word.
    func forgetResult(key: String) {
        // A result that cannot be removed is told once more.
        try? Files.removeFile(resultFile(of: key))
    }

    /// What a worker wrote to its result file; an empty object when there is none or it is no JSON object.
    func result(of key: String) -> JSON {
        // A pipe in its place would keep us waiting; most write none.
        guard let bytes = try? Files.readPlain(resultFile(of: key), limit: 1 << 20),
            let json = try? JSON(parsing: bytes), json.objectValue != nil
        else { return [:] }
        return json
    }
}
