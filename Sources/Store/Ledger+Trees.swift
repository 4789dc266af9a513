package import Base
import SQLite

extension Ledger {
    /// Records all of a tree, in place of what was recorded under its name; false when that is the same.
    ///
    /// Event `tree.<state>` of `task`, with the row's other columns in it.
    @discardableResult
    package func setTree(_ tree: TreeRow, task: TaskID? = nil) throws(StoreError) -> Bool {
        try write(for: tree.run) { () throws(StoreError) in
            let isNew = try changes(
                """
                INSERT INTO trees (run, name, path, branch, base, state, reason, ref, trash, updated)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT (run, name) DO UPDATE
                SET path = ?3, branch = ?4, base = ?5, state = ?6, reason = ?7, ref = ?8,
                    trash = ?9, updated = ?10
                WHERE path <> ?3 OR branch IS NOT ?4 OR base <> ?5 OR state <> ?6
                    OR reason IS NOT ?7 OR ref IS NOT ?8 OR trash IS NOT ?9
                RETURNING 1
                """,
                [
                    .run(tree.run), .text(tree.name), .text(tree.path.description),
                    .optional(tree.branch), .text(tree.base), .text(tree.state.rawValue),
                    .optional(tree.reason), .optional(tree.ref),
                    .optional(tree.trash?.description), .time(clock()),
                ])
            if isNew {
                try note(
                    run: tree.run, task: task, kind: "tree.\(tree.state.rawValue)",
                    data: tree.eventData)
            }
            return isNew
        }
    }

    /// Trees of a run, in the order in which they were first recorded.
    package func trees(run: RunID) throws(StoreError) -> [TreeRow] {
        try trees("WHERE run = ?1", [.run(run)])
    }

    /// Trees of all runs, in the order in which they were first recorded.
    package func trees() throws(StoreError) -> [TreeRow] { try trees("", []) }

    private func trees(_ condition: String, _ values: [Value]) throws(StoreError) -> [TreeRow] {
        try rows(
            """
            SELECT run, name, path, branch, base, state, reason, ref, trash, updated FROM trees
            \(condition) ORDER BY number
            """, values
        ) { (row) throws(StoreError) in
            TreeRow(
                run: try runID(row, 0), name: row.text(1), path: try path(row, 2),
                branch: row.optionalText(3), base: row.text(4), state: try choice(row, 5),
                reason: row.optionalText(6), ref: row.optionalText(7),
                trash: row.isNull(8) ? nil : try path(row, 8), updated: time(row, 9))
        }
    }
}

extension TreeRow {
    fileprivate var eventData: JSON {
        [
            "name": .string(name), "path": .string(path.description),
            "branch": .optional(branch), "base": .string(base), "reason": .optional(reason),
            "ref": .optional(ref), "trash": .optional(trash?.description),
        ]
    }
}
