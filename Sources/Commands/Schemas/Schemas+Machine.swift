import Base

extension Schemas {
    static var error: JSON {
        let error = object(
            [
                ("code", text), ("message", text), ("hint", nullable(text)),
                ("exit", ["enum": [1, 2, 3, 70, 130]]), ("details", list(text)),
            ], optional: ["details"])
        return document("treeguild.error/1", [("error", error)])
    }

    static var config: JSON {
        let origin = object(
            [
                ("kind", word("default", "user", "repository", "environment", "option")),
                ("file", text), ("line", ["type": "integer", "minimum": 1]), ("variable", text),
                ("option", text),
            ], optional: ["file", "line", "variable", "option"])
        let entry = object([
            ("key", ["enum": .array(SettingKey.all.map { .string($0.name) })]),
            ("value", anything), ("origin", origin),
        ])
        let file = object([
            ("kind", word("user", "repository")), ("path", text), ("exists", flag),
        ])
        return document(
            "treeguild.config/1",
            [
                ("settings", list(entry)),
                (
                    "withheld",
                    described(list(entry), "Settings of the repository that nobody has approved")
                ),
                ("files", list(file)),
            ])
    }

    static var doctor: JSON {
        let check = object([
            ("about", word("machine", "repository", "ledger")), ("name", text),
            ("status", word("ok", "warning", "failure")), ("found", text),
            ("advice", nullable(text)),
        ])
        return document(
            "treeguild.doctor/1",
            [("checks", list(check)), ("failures", count), ("warnings", count)])
    }

    static var modelServer: JSON {
        document(
            "treeguild.model-server/1",
            [("url", text), ("port", ["type": "integer", "minimum": 1])])
    }

    static var version: JSON {
        let libraries = ["libgit2", "sqlite", "libyaml", "libsodium", "libcurl", "openssl"]
            .map { ($0, text) }
        return document(
            "treeguild.version/1",
            [
                ("version", text), ("libraries", object(libraries)),
                ("programs", object([("git", nullable(text))])),
            ])
    }

    static var trust: JSON {
        let hash: JSON = ["type": "string", "pattern": "^[0-9a-f]{64}$"]
        let command = object([
            ("setting", text), ("command", text), ("line", ["type": "integer", "minimum": 1]),
        ])
        let approval = object([
            ("repository", text), ("hash", hash), ("time", time),
            ("subject", word("settings", "hook", "agent")),
        ])
        let hook = object([
            ("path", text), ("hash", hash), ("state", word("approved", "unapproved")),
        ])
        let agent = object([
            ("name", text), ("file", nullable(text)), ("hash", nullable(hash)),
            ("fields", list(text)), ("state", word("approved", "unapproved")),
        ])
        return document(
            "treeguild.trust/1",
            [
                ("repository", nullable(text)), ("file", nullable(text)),
                ("hash", described(nullable(hash), "SHA-256 of the settings' bytes")),
                ("state", word("approved", "unapproved", "nothing_to_approve", "listed")),
                ("commands", list(command)),
                ("hook", described(nullable(hook), "The post-checkout hook, where there is one")),
                ("agents", described(list(agent), "Definitions that ask for what needs approval")),
                ("approvals", list(approval)),
            ], optional: ["agents"])
    }

    static var schemas: JSON { document("treeguild.schemas/1", [("names", list(text))]) }
}
