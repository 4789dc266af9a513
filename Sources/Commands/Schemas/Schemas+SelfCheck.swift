import Base

extension Schemas {
    static var selfCheck: JSON {
        let named = list(
            object([("merge", objectID), ("parents", list(objectID)), ("detail", text)]))
        return document(
            "treeguild.self-check/1",
            [
                ("merges", described(count, "Merges that were looked at")),
                ("decided", described(count, "Those that our own rules decide and git merged too")),
                (
                    "equal",
                    object([
                        ("clean", described(count, "Both clean, with one and the same tree")),
                        (
                            "conflict",
                            described(count, "Both stop, with one and the same tree of markers")
                        ),
                    ])
                ),
                ("different", described(named, "Decided, and not what git makes of it")),
                (
                    "asked",
                    described(
                        ["type": "object", "additionalProperties": count],
                        "Merges that are left to git, by reason")
                ),
                ("not_compared", named),
                (
                    "seconds",
                    object([
                        ("treeguild", described(amount, "All merges, summed over the cores")),
                        ("git", described(amount, "The decided merges, summed over the cores")),
                    ])
                ),
            ])
    }
}
