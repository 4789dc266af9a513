import Base
import Git

/// A definition that one branch changes or removes, and that another begins to use.
struct DefinitionRisks {
    private let material: RiskMaterial
    /// Files of known languages that the base has; what is not code has no definitions and no uses.
    private let code: [ChangedFile]

    private struct Change {
        let name: String
        let path: RepositoryPath
        let line: Int
        let branch: Int
        let isRemoved: Bool
    }

    /// Files beyond which no definitions are sought.
    static let fileLimit = 400

    init(_ material: RiskMaterial) {
        self.material = material
        code = Array(
            material.files.filter {
                $0.blob != nil && !$0.sides.isEmpty && Self.ending($0.path) != nil
            }.prefix(Self.fileLimit))
    }

    /// What ``TagProgram`` is to read: the base's versions.
    var texts: [(ending: String, bytes: [UInt8])] {
        code.map { (Self.ending($0.path) ?? "", $0.base.bytes) }
    }

    func find(_ tags: [TagProgram.Tag]) -> [OverlapRisk] {
        let changes = changed(tags)
        guard !changes.isEmpty else { return [] }
        let uses = newUses(of: Set(changes.map(\.name)))
        var risks: [OverlapRisk] = []
        for change in changes {
            let found = (uses[change.name] ?? []).filter { $0.branch != change.branch }
            let changers = Set(changes.filter { $0.name == change.name }.map(\.branch))
            let users = found.filter { !changers.contains($0.branch) }
            guard !users.isEmpty else { continue }
            let paths = Set(users.map(\.path)).subtracting([change.path]).sorted()
            risks.append(
                OverlapRisk(
                    kind: .definitionUse, paths: [change.path] + paths.prefix(5),
                    base: change.line + 1..<change.line + 2, symbol: change.name,
                    branches: Set([change.branch] + users.map(\.branch)).sorted(),
                    detail: change.isRemoved
                        ? "removed by one, used anew by another"
                        : "its definition changed by one, used anew by another"))
        }
        return risks
    }

    /// Names whose only definition one branch changes: a name with several could mean any of them.
    private func changed(_ tags: [TagProgram.Tag]) -> [Change] {
        let named = Dictionary(grouping: tags) { $0.name }
        var changes: [Change] = []
        for (name, tags) in named {
            guard let tag = tags.first, tags.count == 1, Self.isTelling(name),
                code.indices.contains(tag.text), tag.line < code[tag.text].base.count
            else { continue }
            let file = code[tag.text]
            for side in file.sides
            where side.changes.hunks.contains(where: { $0.base.contains(tag.line) }) {
                guard let isRemoved = Self.isRemoved(name, file.base, tag.line, side.changes) else {
                    continue
                }
                changes.append(
                    Change(
                        name: name, path: file.path, line: tag.line, branch: side.branch,
                        isRemoved: isRemoved))
            }
        }
        return changes.sorted { ($0.path, $0.line, $0.branch) < ($1.path, $1.line, $1.branch) }
    }

    /// Whether the name is gone from the lines that were changed; nil when its line only moved.
    private static func isRemoved(
        _ name: String, _ base: LineTable, _ line: Int, _ changes: SideChanges
    ) -> Bool? {
        let old = text(base, line)
        var isThere = false
        for hunk in changes.hunks {
            for line in hunk.side {
                if text(changes.side, line) == old { return nil }
                let bytes = changes.side.bytes(of: line..<line + 1)
                isThere = isThere || Tokens(bytes).contains { $0.elementsEqual(name.utf8) }
            }
        }
        return !isThere
    }

    private static func text(_ table: LineTable, _ line: Int) -> [ArraySlice<UInt8>] {
        table.bytes(of: line..<line + 1).split { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    }

    /// Where branches write a name in lines whose former version did not have it, save in definitions.
    private func newUses(
        of names: Set<String>
    ) -> [String: [(branch: Int, path: RepositoryPath)]] {
        var found: [String: [(branch: Int, path: RepositoryPath)]] = [:]
        for file in material.files where Self.ending(file.path) != nil {
            for side in file.sides {
                var new: Set<String> = []
                for hunk in side.changes.hunks {
                    var before: Set<ArraySlice<UInt8>> = []
                    for token in Tokens(file.base.bytes(of: hunk.base)) { before.insert(token) }
                    var last: ArraySlice<UInt8> = []
                    for token in Tokens(side.changes.side.bytes(of: hunk.side)) {
                        defer { last = token }
                        let name = String(decoding: token, as: UTF8.self)
                        guard names.contains(name), !before.contains(token),
                            !defining.contains(String(decoding: last, as: UTF8.self))
                        else { continue }
                        new.insert(name)
                    }
                }
                for name in new { found[name, default: []].append((side.branch, file.path)) }
            }
        }
        return found
    }

    private let defining: Set = [
        "def", "func", "function", "fun", "fn", "class", "struct", "interface", "enum", "trait",
        "sub", "type", "macro", "module", "union", "record",
    ]

    /// Names that everybody has say nothing.
    private static func isTelling(_ name: String) -> Bool {
        name.utf8.count >= 4 && !name.hasPrefix("__") && !name.hasPrefix("test")
            && !["main", "init", "setup", "wrapper", "inner", "call", "close"].contains(name)
    }

    /// The ending of a file of a language that is known to have definitions.
    static func ending(_ path: RepositoryPath) -> String? {
        let name = String(decoding: path.name, as: UTF8.self)
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = name[name.index(after: dot)...].lowercased()
        return languages.contains(ending) ? ending : nil
    }

    private static let languages: Set<String> = [
        "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "cs", "go", "java", "js", "jsx", "mjs",
        "kt", "kts", "lua", "m", "mm", "php", "pl", "pm", "py", "pyi", "rb", "rs", "scala", "sh",
        "swift", "ts", "tsx", "ex", "exs", "pas", "adb", "ads", "f90",
    ]
}
