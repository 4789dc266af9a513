import Base

extension Schemas {
    /// Also embedded in ``run``.
    static var overlap: JSON {
        document(
            "treeguild.overlap/1",
            [
                ("base", objectID), ("branches", list(branch)), ("regions", list(region)),
                ("pairs", list(pair)),
                ("order", described(list(text), "Names of branches in the order of merging")),
                (
                    "resolutions",
                    object([
                        ("in_order", described(count, "How many the suggested order needs")),
                        ("unavoidable", described(count, "How many every order needs at least")),
                    ])
                ),
                (
                    "risks",
                    described(
                        list(risk), "What may not fit although it merges; never a conflict")
                ),
            ], optional: ["resolutions", "risks"])
    }

    private static var line: JSON { ["type": "integer", "minimum": 1] }

    private static var branch: JSON {
        object([
            ("name", text),
            ("head", described(nullable(objectID), "Null for a patch and for uncommitted work")),
            ("files", count), ("hunks", count),
        ])
    }

    private static var region: JSON {
        let range = described(
            object([("start", line), ("end", line)]), "Lines from 1, half open, in the base")
        let side = object([
            ("name", text), ("start", nullable(line)), ("end", nullable(line)),
            ("lines", list(text)),
        ])
        return object([
            ("path", text), ("kind", kind), ("base", nullable(range)),
            ("symbol", described(nullable(text), "What the lines belong to, such as a function")),
            ("conflict", flag), ("branches", list(side)),
        ])
    }

    private static var risk: JSON {
        object([
            (
                "kind",
                word(
                    "near", "same_symbol", "definition_use", "same_line", "migration",
                    "lock_file", "schema")
            ),
            ("paths", described(list(text), "The first is where to look")),
            (
                "base",
                described(
                    nullable(object([("start", line), ("end", line)])),
                    "Lines from 1, half open, in the base's version of the first path")
            ),
            ("symbol", nullable(text)), ("branches", list(text)), ("detail", text),
        ])
    }

    private static var kind: JSON {
        word(
            "overlap", "adjacent", "insert_insert", "modify_delete", "add_add", "rename_rename",
            "rename_delete", "rename_modify", "mode", "type", "symlink", "binary", "submodule",
            "file_directory")
    }

    private static var pair: JSON {
        object([
            ("a", text), ("b", text),
            ("regions", list(described(count, "Index into regions"))),
            (
                "conflict",
                described(
                    ["enum": [true, false, .null]],
                    "Whether a three-way merge of the two stops; null is undecided")
            ),
            ("detail", nullable(text)),
        ])
    }
}
