import Agents
import Base

extension ProgramEnd {
    var isSuccess: Bool { ending == .finished }

    /// One word for transcripts and programs; those of ``AgentEnding`` where they mean the same.
    var word: String {
        switch ending {
        case .finished: AgentEnding.finished.word
        case .failed(let fault): fault.word
        case .budget: "budget"
        case .stalled: "stalled"
        case .timeout: "time_limit"
        case .cancelled: AgentEnding.cancelled.word
        case .notStarted: "not_started"
        case .unrecorded: "transcript"
        }
    }

    /// Why it ended, for people, with what can be done about it.
    func message(of profile: ProgramProfile) -> String {
        switch ending {
        case .finished: "finished"
        case .failed(let fault): fault.message(of: profile)
        case .budget(let refusal): refusal.message
        case .stalled(let time):
            "\(profile.title) neither said nor did anything for "
                + "\(Text.elapsed(seconds: time.inSeconds)) and was ended; profiles.\(profile.name).stall sets the time"
        case .timeout(let time): "timed out after \(Text.elapsed(seconds: time.inSeconds))"
        case .cancelled: "stopped"
        case .notStarted(let reason): "\(profile.title) could not start: \(reason)"
        case .unrecorded(let error): "its record cannot be written: \(error.reason)"
        }
    }

    /// Something outside failed that will be over: the run waits for a resume in place of losing what was done.
    var suspendsRun: Bool {
        guard case .failed(let fault) = ending, case .service(let kind) = fault.kind else {
            return false
        }
        return AgentEnding.model(ModelError(kind, provider: "", model: "")).suspendsRun
    }
}

extension ProgramFault {
    fileprivate var word: String {
        switch kind {
        case .service: "model_error"
        case .turnLimit: "turn_limit"
        case .costLimit: "budget"
        case .interrupted: "interrupted"
        case .cut: "cut"
        case .root, .terminal, .usage, .exit: "program"
        }
    }

    /// What failed and what to do, with the program's own words behind it.
    fileprivate func message(of profile: ProgramProfile) -> String {
        let name = profile.title
        let said = message.isEmpty ? "" : " (\(Text.truncate(Text.visible(message), to: 300)))"
        return reason(name, profile) + said
    }

    private func reason(_ name: String, _ profile: ProgramProfile) -> String {
        switch kind {
        case .service(.authentication):
            "\(name) is not let in by its service: log in with '\(profile.program)'"
                + (profile.keys.first.map { ", or set \($0)" } ?? "")
        case .service(let error):
            ModelError(error, provider: profile.provider ?? name, model: profile.model ?? "")
                .message(about: "model")
        case .turnLimit: "\(name) has used up the answers that it allows itself"
        case .costLimit: "\(name) has used up the dollars that it allows itself"
        case .interrupted: "\(name) was interrupted in the middle"
        case .cut: "\(name) ended without saying how"
        case .root: "\(name) refuses to run as root: run treeguild as another user"
        case .terminal: "\(name) wants to ask something, and nobody is there to answer"
        case .usage:
            "\(name) does not know its arguments: update it, or correct profiles.\(profile.name)"
        case .exit(.status(0)): "\(name) reported an error"
        case .exit(.status(let status)): "\(name) ended with status \(status)"
        case .exit(.signal(let signal)): "\(name) was ended by signal \(signal)"
        }
    }
}
