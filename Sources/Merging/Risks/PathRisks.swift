import Base

/// Risks that the names of changed files tell: migrations, lock files, schemas.
enum PathRisks {
    static func find(in material: RiskMaterial) -> [OverlapRisk] {
        var risks = migrations(material)
        for (path, branches) in material.touched.sorted(by: { $0.key < $1.key })
        where branches.count > 1 {
            if lockFiles.contains(path.name.lowercased) {
                risks.append(
                    OverlapRisk(
                        kind: .lockFile, paths: [path], base: nil, symbol: nil, branches: branches,
                        detail: "a lock file that its tool should write anew after the merge"))
            } else if isSchema(path) {
                risks.append(
                    OverlapRisk(
                        kind: .schema, paths: [path], base: nil, symbol: nil, branches: branches,
                        detail: "a schema whose parts must fit together"))
            }
        }
        return risks
    }

    /// Files with one number in one folder of migrations, added by different branches under different names.
    private static func migrations(_ material: RiskMaterial) -> [OverlapRisk] {
        struct Slot: Hashable {
            let folder: RepositoryPath
            let number: String
        }
        var slots: [Slot: [RepositoryPath: [Int]]] = [:]
        for (branch, paths) in material.added.enumerated() {
            for path in paths {
                guard let folder = path.parent, let number = migrationNumber(path) else { continue }
                slots[Slot(folder: folder, number: number), default: [:]][path, default: []]
                    .append(branch)
            }
        }
        return slots.filter { $0.value.count > 1 }.compactMap { slot, paths in
            let branches = Set(paths.values.joined()).sorted()
            guard branches.count > 1 else { return nil }
            return OverlapRisk(
                kind: .migration, paths: paths.keys.sorted(), base: nil, symbol: slot.number,
                branches: branches, detail: "different migrations with the number \(slot.number)")
        }.sorted { $0.paths[0] < $1.paths[0] }
    }

    /// `0007_name.py`, `20240101_name.rb`, `V7__name.sql` in a folder of migrations.
    static func migrationNumber(_ path: RepositoryPath) -> String? {
        guard path.components.dropLast().contains(where: { $0.lowercased.contains("migrat") })
        else { return nil }
        var name = path.name.lowercased[...]
        if name.first == "v" { name.removeFirst() }
        let digits = name.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty, let next = name.dropFirst(digits.count).first, "_-.".contains(next)
        else { return nil }
        let short = digits.drop { $0 == "0" }
        return short.isEmpty ? "0" : String(short)
    }

    private static let lockFiles: Set<String> = [
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
        "cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "gemfile.lock",
        "composer.lock", "go.sum", "flake.lock", "mix.lock", "pubspec.lock", "podfile.lock",
        "package.resolved", "packages.lock.json", "gradle.lockfile",
    ]

    static func isSchema(_ path: RepositoryPath) -> Bool {
        let name = path.name.lowercased
        let endings = [".proto", ".graphql", ".graphqls", ".prisma", ".avsc", ".xsd", ".thrift"]
        let names: Set = ["schema.rb", "structure.sql", "schema.sql", "schema.json"]
        return names.contains(name) || endings.contains(where: name.hasSuffix)
            || ["openapi.", "swagger."].contains(where: name.hasPrefix)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var lowercased: String { String(decoding: self, as: UTF8.self).lowercased() }
}
