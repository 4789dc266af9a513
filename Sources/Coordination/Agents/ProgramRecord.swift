import Agents
import Base

/// What has to be known of a program to go on with it later; kept beside its log.
struct ProgramRecord: Sendable {
    /// What resumes it; nil before it named one.
    private(set) var session: String?
    /// Of the processes that have ended.
    var usage = AgentUsage()
    /// Calls that were not allowed, in those.
    var denials = 0
    /// Of the process that runs; part of ``usage`` once that has died.
    var running = AgentUsage()
    /// What it was told and has not answered for sure.
    var unanswered: [String] = []
    private let file: AbsolutePath

    /// Takes over a session that the program named; false where it is known, or could be taken for something else
    /// among the program's arguments.
    mutating func take(session id: String) -> Bool {
        guard id != session, id.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}/) != nil
        else { return false }
        session = id
        return true
    }

    /// What an earlier process left, or nothing. Blocks.
    init(_ file: AbsolutePath) {
        self.file = file
        // One that cannot be read is one that is not there: the program begins anew.
        guard let bytes = try? Files.read(file, limit: 1 << 20),
            let json = try? JSON(parsing: bytes)
        else { return }
        if let id = json["session"]?.stringValue { _ = take(session: id) }
        usage = json["usage"].flatMap { AgentUsage(json: $0) } ?? usage
        if let running = json["running"].flatMap({ AgentUsage(json: $0) }) {
            usage = usage + running
        }
        denials = json.count("denials")
        unanswered = (json["unanswered"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The record of the program whose transcript that is; nil for one of a model of ours. Blocks.
    init?(besideTranscript transcript: AbsolutePath) {
        let file = transcript.parent.appending(ProgramRecord.name)
        guard Files.kind(of: file) == .file else { return nil }
        self.init(file)
    }

    /// Of its file, beside the log and the transcript.
    static let name = "program.json"

    /// Keeps it for a later process. Blocks.
    func write() throws(FileError) {
        let json: JSON = [
            "session": .optional(session), "usage": usage.json, "running": running.json,
            "denials": .int(denials), "unanswered": .array(unanswered.map { .string($0) }),
        ]
        try Files.replace(file, with: Array(json.compact.utf8), mode: 0o600)
    }
}
