import Agents
import Processes

extension ProgramExit {
    /// As its supervisor saw it; one that we ended counts as ended by the signal that did it.
    init(_ ending: Ending) {
        switch ending {
        case .exited(let status): self = .status(status)
        case .signaled(let signal): self = .signal(signal)
        case .timedOut, .stopped, .orphaned: self = .signal(15)
        case .couldNotStart: self = .status(127)
        }
    }
}
