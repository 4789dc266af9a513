import Base

extension Schemas {
    private static var agentMembers: [(String, JSON)] {
        [
            ("name", text), ("description", text),
            ("source", word("built-in", "managed", "plugin", "option", "user", "project")),
            ("trusted", flag),
            ("waiting", described(list(text), "Fields that are not in force until approved")),
            ("file", nullable(text)), ("model", nullable(text)),
            ("permission_mode", nullable(text)), ("tools", nullable(list(text))),
            ("disallowed_tools", list(text)), ("memory", nullable(text)), ("background", flag),
            ("max_turns", nullable(count)),
        ]
    }

    private static var definitionProblem: JSON {
        object([
            ("file", text), ("line", ["type": "integer", "minimum": 1]), ("message", text),
            ("warning", flag),
        ])
    }

    static var agents: JSON {
        document(
            "treeguild.agents/1",
            [
                ("agents", list(object(agentMembers))),
                (
                    "shadowed",
                    described(list(object(agentMembers)), "Agents whose name a nearer one has")
                ),
                ("problems", list(definitionProblem)),
            ])
    }

    static var agent: JSON {
        let shown = [
            ("available_tools", list(text)), ("unknown_tools", list(text)), ("prompt", text),
        ]
        return document("treeguild.agent/1", [("agent", object(agentMembers + shown))])
    }

    static var agentsDoctor: JSON {
        let program: [(String, JSON)] = [
            ("name", text), ("title", text), ("path", nullable(text)), ("version", nullable(text)),
            ("least_version", nullable(text)),
            ("login", word("variable", "file", "none", "unknown")),
            ("login_place", nullable(text)), ("resumable", flag), ("takes_messages", flag),
            ("problem", nullable(text)), ("advice", nullable(text)),
        ]
        return document(
            "treeguild.agents.doctor/1",
            [
                ("sandbox", described(flag, "The kernel can keep workers in their trees")),
                ("programs", list(object(program))),
            ])
    }

    static var validatedAgents: JSON {
        document(
            "treeguild.agents.validate/1",
            [("files", count), ("errors", count), ("problems", list(definitionProblem))])
    }
}
