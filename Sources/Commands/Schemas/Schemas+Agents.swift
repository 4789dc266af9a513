import Base

extension Schemas {
    private static var agentMembers: [(String, JSON)] {
        [
            ("name", text), ("description", text),
            ("source", word("built-in", "managed", "plugin", "option", "user", "project")),
            ("trusted", flag), ("file", nullable(text)), ("model", nullable(text)),
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

    static var validatedAgents: JSON {
        document(
            "treeguild.agents.validate/1",
            [("files", count), ("errors", count), ("problems", list(definitionProblem))])
    }
}
