package import Base

/// A tree in the trash: all that is needed to bring it back.
package struct TrashedTree: Hashable, Sendable {
    /// Folder in the trash: `facts.json`, `tree` and `registration`.
    package let entry: AbsolutePath
    /// The tree as it was made.
    package let tree: Worktree
    /// Branch that its `HEAD` was on; nil when detached or unknown.
    package let headBranch: String?
    /// Commit that its `HEAD` was on; nil when unknown.
    package let head: ObjectID?
    /// Why it went.
    package let reason: String
    /// When it went.
    package let time: Timestamp

    var folder: AbsolutePath { entry.appending("tree") }
    var registration: AbsolutePath { entry.appending("registration") }
    static let factsName = "facts.json"

    /// The facts as they lie in the entry.
    var json: JSON {
        [
            "schema": "treeguild.trash/1", "name": .string(tree.name),
            "path": .string(tree.path.description), "branch": .optional(tree.branch),
            "base": .string(tree.base.description), "lock": .string(tree.lockReason),
            "headBranch": .optional(headBranch), "head": .optional(head?.description),
            "reason": .string(reason), "time": .int(Int(time.milliseconds)),
        ]
    }

    init(
        entry: AbsolutePath, tree: Worktree, headBranch: String?, head: ObjectID?, reason: String,
        time: Timestamp
    ) {
        self.entry = entry
        self.tree = tree
        self.headBranch = headBranch
        self.head = head
        self.reason = reason
        self.time = time
    }

    /// Reads an entry of the trash; nil when it is none.
    package init?(at entry: AbsolutePath) {
        // What cannot be read is no entry, and stays untouched.
        guard let bytes = try? Files.read(entry.appending(TrashedTree.factsName), limit: 1 << 20),
            let json = try? JSON(parsing: bytes), json["schema"] == "treeguild.trash/1",
            let name = json["name"]?.stringValue,
            let path = json["path"]?.stringValue.flatMap({ AbsolutePath($0) }),
            let base = json["base"]?.stringValue.flatMap({ ObjectID($0) }),
            let lock = json["lock"]?.stringValue, let time = json["time"]?.intValue
        else { return nil }
        self.init(
            entry: entry,
            tree: Worktree(
                name: name, path: path, branch: json["branch"]?.stringValue, base: base,
                lockReason: lock),
            headBranch: json["headBranch"]?.stringValue,
            head: json["head"]?.stringValue.flatMap { ObjectID($0) },
            reason: json["reason"]?.stringValue ?? "",
            time: Timestamp(milliseconds: Int64(time)))
    }

    /// Folder that holds the entries for trees below `parent`.
    static func trash(of tree: Worktree) -> AbsolutePath { tree.path.parent.appending(".trash") }
}
