import Base
import Tasks
import Testing

@testable import Commands

/// What the schema of plans takes, `run` takes too; it cannot say more than what stands in one place.
struct PlanSchemaTests {
    @Test(arguments: [
        ("{}", true),
        (
            #""goal": "g", "base": "main", "jobs": 4, "agent": "claude", "outputs": ["dist/**"]"#,
            true
        ),
        (#""base": 12, "agent": {"command": "x"}, "env": {"A": "b"}"#, true),
        (#""budget": {"usd": 0.5, "tokens": 10, "minutes": 1}"#, true),
        (#""budget": {"turns": 3}"#, true), (#""budget": {"turns": 0}"#, false),
        (#""tasks": [{"id": "a", "prompt": "p", "budget": {"usd": 1, "turns": 2}}]"#, true),
        (#""tasks": [{"id": "a", "prompt": "p", "budget": {"eur": 1}}]"#, false),
        (#""budget": {"usd": 0}"#, false), (#""jobs": 0"#, false), (#""jobs": 257"#, false),
        (
            #""setup": {"copy": [".env"], "share": ["a", {"path": "b", "else": "link"}], "run": ["x"], "timeout": "15m", "teardown": ["y"], "teardown_timeout": 90, "ports": {"WEB": 2}}"#,
            true
        ),
        (#""setup": {"share": [{"else": "link"}]}"#, false), (#""setup": {"runs": []}"#, false),
        (#""setup": {"share": [{"path": "b", "else": "move"}]}"#, false),
        (#""setup": {"ports": {"WEB": 0}}"#, false), (#""setup": {"run": "npm ci"}"#, false),
        (
            #""sandbox": {"write": ["~/x", "/y"], "hide": ["z"], "network": "none", "processes": 9, "memory": "2G"}"#,
            true
        ),
        (#""sandbox": {"write": ["build"]}"#, false), (#""sandbox": {"network": "some"}"#, false),
        (#""checks": [{"name": "test", "run": "make test", "timeout": 600}]"#, true),
        (#""checks": [{"name": "a b", "run": "x"}]"#, false),
        (#""checks": [{"name": "a"}]"#, false),
        (
            #""tasks": [{"id": "a", "command": "x"}, {"id": "b", "prompt": "p", "after": ["a"], "reads": true, "attempts": 2, "retries": 1, "timeout": 5, "touches": ["src/**"], "env": {"A": "b"}, "title": "t"}]"#,
            true
        ),
        (#""tasks": [{"command": "x"}]"#, false),
        (#""tasks": [{"id": "A", "command": "x"}]"#, false),
        (#""tasks": [{"id": "a", "command": " "}]"#, false),
        (#""tasks": [{"id": "a", "command": "x", "retry": 1}]"#, false),
        (#""verify": {"command": "x", "quorum": 3, "protect": ["tests/**"]}"#, true),
        (#""verify": {"quorum": 10}"#, false),
        (#""land": {"onto": "main", "strategy": "ff"}"#, true),
        (#""land": {"strategy": "ff"}"#, false), (#""lands": {}"#, false),
    ])
    func `the schema and the reader of plans are of one mind`(members: String, isValid: Bool) throws
    {
        let text = members == "{}" ? #"{"version": 1}"# : #"{"version": 1, \#(members)}"#
        let document = try JSON(parsing: Array(text.utf8))
        let problems = SchemaChecker.problems(document, Schemas.plan)
        #expect(problems.isEmpty == isValid, "\(problems)")
        let plan = try? Plan(json: document)
        #expect((plan != nil) == isValid)
        if let plan { #expect(SchemaChecker.problems(plan.json, Schemas.plan) == []) }
    }

    @Test func `a plan without its version, or of another, is none`() {
        for document: JSON in [[:], ["version": 2]] {
            #expect(!SchemaChecker.problems(document, Schemas.plan).isEmpty)
        }
    }
}
