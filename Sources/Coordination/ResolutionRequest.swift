import Base
import Git
import Merging

/// What a verifier is asked to resolve: `treeguild.resolution/1`.
struct ResolutionRequest: Sendable {
    /// One conflicting place with the text of all three sides.
    struct Region: Sendable {
        let path: RepositoryPath
        let kind: ConflictKind
        /// Lines of the base, 1-based and half-open.
        let baseRange: Range<Int>
        let base: [String]
        let ours: [String]
        let theirs: [String]
        /// Both sides' lines one after the other, where both only inserted at one point.
        let proposal: [String]?

        /// Where it is, for people.
        var place: String {
            baseRange.isEmpty
                ? "\(path):\(baseRange.lowerBound)"
                : "\(path):\(baseRange.lowerBound)-\(baseRange.upperBound - 1)"
        }
    }

    let run: RunID
    let base: ObjectID
    let into: ObjectID
    let branch: Participant
    let included: [Participant]
    /// Paths that the verifier may edit.
    let files: [RepositoryPath]
    let regions: [Region]

    init(
        _ merge: TreeMerge, of branch: Participant, into tip: ObjectID, included: [Participant],
        run: RunID, base: ObjectID, in repository: Repository
    ) async throws {
        self.run = run
        self.base = base
        into = tip
        self.branch = branch
        self.included = included
        files = Array(Set(merge.conflicts.flatMap { [$0.path] + $0.placedAt })).sorted()
        var regions: [Region] = []
        for conflict in merge.conflicts {
            regions += try await ResolutionRequest.regions(of: conflict, in: repository)
        }
        self.regions = regions
    }

    private static func regions(
        of conflict: ConflictedPath, in repository: Repository
    ) async throws -> [Region] {
        func table(_ item: TreeItem?) async throws -> LineTable {
            guard let item, item.mode != .submodule else { return LineTable([UInt8]()) }
            return LineTable(try await repository.blob(item.id))
        }
        guard !conflict.blocks.isEmpty else {
            return [
                Region(
                    path: conflict.path, kind: conflict.kind, baseRange: 1..<1, base: [], ours: [],
                    theirs: [], proposal: nil)
            ]
        }
        let base = try await table(conflict.base)
        let (ours, theirs) = (try await table(conflict.ours), try await table(conflict.theirs))
        return conflict.blocks.map { block in
            let (left, right) = (ours.text(of: block.ours), theirs.text(of: block.theirs))
            return Region(
                path: conflict.path, kind: block.base.isEmpty ? .insertInsert : conflict.kind,
                baseRange: block.base.lowerBound + 1..<block.base.upperBound + 1,
                base: base.text(of: block.base), ours: left, theirs: right,
                proposal: block.base.isEmpty && conflict.base != nil ? left + right : nil)
        }
    }

    /// `3 conflicts in 2 files`.
    var summary: String {
        let paths = Set(regions.map(\.path)).count
        return "\(Text.count(regions.count, "conflict")) in \(Text.count(paths, "file"))"
    }

    var json: JSON {
        [
            "schema": "treeguild.resolution/1", "run": .string(run.description),
            "base": .string(base.description),
            "branch": [
                "task": .string(branch.name), "name": .string(branch.name),
                "head": .string(branch.head.description), "intent": .string(branch.intent),
            ],
            "into": [
                "head": .string(into.description),
                "tasks": .array(
                    included.map { ["task": .string($0.name), "intent": .string($0.intent)] }),
            ],
            "files": .array(files.map { .string($0.description) }),
            "regions": .array(regions.map(\.json)),
        ]
    }

    /// The same for people and for agents that read text.
    var assignment: String {
        let places = regions.map { "- \($0.place): \($0.kind.rawValue)" }.joined(separator: "\n")
        let others = included.map { "- \($0.name): \($0.intent)" }.joined(separator: "\n")
        return """
            Resolve the conflicts of merging \(branch.name) into work that is merged already.

            This folder holds the merge with conflict markers: ours (merged so far), the base between
            ||||||| and =======, and theirs (\(branch.name)). Edit only these files, leave no marker, and
            keep what both sides meant. Lines of a side that are left out must be explained in the
            result file: {"explained": [{"path": …, "line": …, "reason": …}]}. The checks must pass.

            \(branch.name) was to do: \(branch.intent)

            Merged so far:
            \(others)

            Places:
            \(places)

            """
    }
}

extension ResolutionRequest.Region {
    var json: JSON {
        func lines(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        return [
            "path": .string(path.description), "kind": .string(kind.rawValue),
            "base": [
                "start": .int(baseRange.lowerBound), "end": .int(baseRange.upperBound),
                "lines": lines(base),
            ],
            "ours": ["lines": lines(ours)], "theirs": ["lines": lines(theirs)],
            "proposal": proposal.map { ["kind": "keep-both", "lines": lines($0)] } ?? .null,
        ]
    }
}

extension Repository {
    /// The merged tree with each conflict block replaced by both sides' lines, ours first.
    func keepingBoth(_ merge: TreeMerge) throws(GitError) -> ObjectID {
        var tree = merge.tree
        for conflict in merge.conflicts {
            guard let base = conflict.base, let ours = conflict.ours, let theirs = conflict.theirs
            else { throw GitError(.conflict, "keep both sides of", conflict.path.description) }
            let result = LineMerge.merge(
                base: LineTable(try blob(base.id)), ours: LineTable(try blob(ours.id)),
                theirs: LineTable(try blob(theirs.id)), options: .init(favor: .union))
            let mode = base.mode == ours.mode ? theirs.mode : ours.mode
            let item = TreeItem(mode: mode, id: try writeBlob(result.bytes))
            tree = try replacing(conflict.path.components[...], by: item, in: tree)
        }
        return tree
    }

    private func replacing(
        _ path: ArraySlice<ArraySlice<UInt8>>, by item: TreeItem, in tree: ObjectID
    ) throws(GitError) -> ObjectID {
        guard let name = path.first else { return tree }
        var entries = try entries(of: tree)
        let index = entries.firstIndex { $0.name.elementsEqual(name) }
        var replacement = item
        if path.count > 1 {
            let below = index.map { entries[$0].item.id } ?? .emptyTree
            replacement = TreeItem(
                mode: .folder, id: try replacing(path.dropFirst(), by: item, in: below))
        }
        let entry = TreeEntry(name: Array(name), item: replacement)
        if let index { entries[index] = entry } else { entries.append(entry) }
        return try writeTree(entries)
    }
}
