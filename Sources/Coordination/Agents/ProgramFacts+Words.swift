import Agents
import Base

extension ProgramFacts {
    /// Why the program cannot work, for people; nil where nothing is known against it.
    package var words: String? {
        let title = profile.title
        return problem.map { problem in
            switch problem {
            case .missing where profile.program.contains("/"):
                "\(title) is not there: '\(profile.program)' is no program that can be run"
            case .missing: "\(title) is not there: no program '\(profile.program)' on PATH"
            case .tooOld(let found, let least):
                "\(title) \(found) is too old: at least \(least) is needed"
            case .broken(let answer):
                "\(title) does not say its version within ten seconds"
                    + (answer.isEmpty
                        ? "" : ", but: \(Text.truncate(Text.visible(answer), to: 200))")
            case .notLoggedIn: "\(title) is not logged in, and no key is set"
            }
        }
    }

    /// What to do about it.
    package var hint: String {
        let name = profile.name
        switch problem {
        case .missing:
            return
                "install it, or say where it is: profiles.\(name).program; see: treeguild agents doctor"
        case .tooOld, .broken: return "update \(profile.program); see: treeguild agents doctor"
        case .notLoggedIn:
            let keys =
                profile.keys.isEmpty ? "" : ", or set \(profile.keys.joined(separator: ", or "))"
            return "log in with '\(profile.program)'\(keys)"
        case nil: return ""
        }
    }
}
