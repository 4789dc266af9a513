import Base
import Git
package import Merging

extension Sarif {
    /// Conflicts as errors and risks as notes, at the lines of the base; what could not be decided is a notice.
    package init(_ report: OverlapReport, version: String) {
        let conflicts = report.regions.filter(\.isConflict).map { report.finding($0) }
        let risks = (report.risks ?? []).map { report.finding($0) }
        let notices = report.pairs.compactMap { pair -> Notice? in
            let names = "\(report.branches[pair.a].name) and \(report.branches[pair.b].name)"
            switch pair.verdict {
            case .undecided:
                return Notice(level: .warning, message: "\(names) are undecided: \(pair.detail)")
            case .conflict where !pair.regions.contains { report.regions[$0].isConflict }:
                return Notice(level: .error, message: "\(names) conflict: \(pair.detail)")
            default: return nil
            }
        }
        self.init(
            category: "overlap", version: version, results: conflicts + risks, notices: notices)
    }
}

extension OverlapReport {
    fileprivate func finding(_ region: Region) -> Sarif.Result {
        var names: [String] = []
        for side in region.sides where names.last != branches[side.branch].name {
            names.append(branches[side.branch].name)
        }
        let place = region.symbol.map { " in \($0)" } ?? ""
        let lines = region.sides.map { $0.lines.joined(separator: "\n") }
        return Sarif.Result(
            rule: region.kind.rule,
            message: "\(Self.list(names)) do not merge here\(place): \(region.kind.words).",
            location: .init(path: region.path, lines: region.isWhole ? nil : region.base),
            identity: [region.symbol ?? ""] + names + lines)
    }

    fileprivate func finding(_ risk: OverlapRisk) -> Sarif.Result {
        let names = risk.branches.map { branches[$0].name }
        let place = risk.symbol.map { " in \($0)" } ?? ""
        let others = risk.paths.dropFirst().map { "\($0)" }
        let more = others.isEmpty ? "" : " (also \(others.joined(separator: ", ")))"
        return Sarif.Result(
            rule: risk.kind.rule,
            message: "\(Self.list(names)) merge, but at a risk\(place): \(risk.detail)\(more).",
            location: .init(path: risk.paths[0], lines: risk.base),
            identity: [risk.symbol ?? "", risk.detail] + names)
    }

    private static func list(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension ConflictKind {
    /// What the branches did, for people.
    package var words: String {
        switch self {
        case .overlap: "they change the same lines"
        case .adjacent: "they change neighbouring lines"
        case .insertInsert: "they insert different text at the same point"
        case .modifyDelete: "one deletes the file that another changes"
        case .addAdd: "they add different files under one name"
        case .renameRename:
            "they rename the same file to different names, or different files to one"
        case .renameDelete: "one renames the file that another deletes"
        case .renameModify: "a rename meets a change"
        case .mode: "they give the file different modes"
        case .type: "they make different types of file of it"
        case .symlink: "they point the link to different targets"
        case .binary: "they change a file that does not merge by lines"
        case .submodule: "they point the submodule to different commits"
        case .fileDirectory: "a file of one is a folder of another"
        }
    }

    fileprivate var rule: Sarif.Rule {
        Sarif.Rule(
            id: "overlap/\(rawValue)", summary: "Branches do not merge: \(words).",
            help: "Merge one of the branches first and bring the other up to date with it.",
            level: .error)
    }
}

extension OverlapRisk.Kind {
    fileprivate var rule: Sarif.Rule {
        Sarif.Rule(
            id: "risk/\(rawValue)", summary: "Branches merge, but may not fit: \(words).",
            help: "Read both changes together and run the tests on their merge.", level: .note)
    }

    /// What was seen, for people.
    package var words: String {
        switch self {
        case .near: "changes close to each other"
        case .sameSymbol: "changes in one definition"
        case .definitionUse: "a changed definition and a new use of it"
        case .sameLine: "the same new line at different places"
        case .migration: "migrations with one number"
        case .lockFile: "changes of a lock file"
        case .schema: "changes of a schema"
        }
    }
}
