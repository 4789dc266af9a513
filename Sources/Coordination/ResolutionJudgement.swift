import Base
import Git
import Merging

/// What the program found when it looked at a verifier's tree.
struct ResolutionJudgement: Recorded {
    /// The resolved tree; nil when the resolution is refused.
    let tree: ObjectID?
    /// Why it is refused, for people; empty otherwise.
    let reason: String
    let keptOurs: Int
    let keptTheirs: Int
    let explained: Int

    init(tree: ObjectID, kept: ResolutionCheck.Kept) {
        self.tree = tree
        reason = ""
        (keptOurs, keptTheirs, explained) = (kept.ours, kept.theirs, kept.explained)
    }

    init(refused reason: String) {
        tree = nil
        self.reason = reason
        (keptOurs, keptTheirs, explained) = (0, 0, 0)
    }

    var json: JSON {
        [
            "tree": .optional(tree?.description), "reason": .string(reason),
            "ours": .int(keptOurs), "theirs": .int(keptTheirs), "explained": .int(explained),
        ]
    }

    init?(json: JSON) {
        tree = json.object("tree")
        reason = json.text("reason")
        (keptOurs, keptTheirs) = (json.count("ours"), json.count("theirs"))
        explained = json.count("explained")
    }
}

extension ResolutionCheck.Problem {
    /// The problem in a few words.
    var words: String {
        switch self {
        case .markerLeft(let path, let line): "\(path):\(line) still has a conflict marker"
        case .changedOutsideList(let path): "\(path) was changed and was not to be"
        case .linesDropped(let path, let side, let lines, let count):
            "\(path) lost \(Text.count(count, "line")) of \(side.rawValue) without a reason, such as: "
                + Text.truncate(lines.first ?? "", to: 60)
        }
    }
}
