import Agents
import Base
import Coordination
import Processes
import Review

/// `treeguild agents doctor`: what is there of each agent program. No token is spent.
func agentsDoctor(_ names: [String], _ invocation: Invocation) async throws -> ExitCode {
    let catalog = try RunPrograms.catalog(try invocation.approvedSettings())
    var profiles = catalog.profiles
    if !names.isEmpty {
        profiles = try names.map { name in
            guard let profile = catalog[name] else {
                throw CommandError.unknownAgent(name, known: catalog.profiles.map(\.name))
            }
            return profile
        }
    }
    let facts = await RunPrograms.facts(of: profiles, invocation)
    let walls = await BlockingCalls.run { SandboxSupport.probed.holdsWrites }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.agents.doctor/1",
            [("sandbox", .bool(walls)), ("programs", .array(facts.map(\.document)))])
    } else {
        await show(facts, walls: walls, on: invocation.output)
    }
    // Nobody needs all of them: only those that were asked for count.
    return names.isEmpty || facts.allSatisfy { $0.problem == nil } ? .done : .notDone
}

private func show(_ facts: [ProgramFacts], walls: Bool, on output: Output) async {
    let width = facts.map { Text.width($0.profile.name) }.max() ?? 0
    for fact in facts {
        let name = Text.pad(fact.profile.name, to: width)
        guard let words = fact.words else {
            await output.line("\("ok", .green)       \(name, .bold)  \(fact.found)")
            continue
        }
        let isAbsent = fact.problem == .missing
        let mark: StyledText = isAbsent ? "\("absent", .dim)" : "\("failure", .red)"
        await output.line("\(mark)\(isAbsent ? "   " : "  ")\(name, .bold)  \(words)")
        await output.line("         \(Text.pad("", to: width))  \("→ " + fact.hint, .dim)")
    }
    await output.line()
    await output.line(
        walls
            ? "Each is kept in its tree by the kernel; its own questions are switched off there."
            : "The kernel keeps nobody in a tree here: programs keep their own questions and walls."
    )
}

extension ProgramFacts {
    /// What is there, in a line.
    fileprivate var found: String {
        var parts = ["\(profile.title)\(version.map { " \($0)" } ?? "")"]
        if let path { parts.append(Text.visible(path.description)) }
        switch login {
        case .variable(let name): parts.append("key from \(name)")
        case .file(let file): parts.append("logged in by \(Text.visible(file.description))")
        case .unknown: parts.append("its login is its own affair")
        case .none: break
        }
        if profile.isResumable { parts.append("can be resumed") }
        return parts.joined(separator: " · ")
    }

    fileprivate var document: JSON {
        let (word, place): (String, String?) =
            switch login {
            case .variable(let name): ("variable", name)
            case .file(let file): ("file", file.description)
            case .none: ("none", nil)
            case .unknown: ("unknown", nil)
            }
        return [
            "name": .string(profile.name), "title": .string(profile.title),
            "path": .optional(path?.description), "version": .optional(version?.description),
            "least_version": .optional(profile.leastVersion?.description),
            "login": .string(word), "login_place": .optional(place),
            "resumable": .bool(profile.isResumable), "takes_messages": .bool(profile.takesMessages),
            "problem": .optional(words), "advice": words == nil ? .null : .string(hint),
        ]
    }
}
