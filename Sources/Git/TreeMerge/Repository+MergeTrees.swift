import Base

/// Names of the three sides, as they stand behind conflict markers.
package struct MergeLabels: Hashable, Sendable {
    /// Behind `|||||||`.
    package let base: String
    /// Behind `<<<<<<<`.
    package let ours: String
    /// Behind `>>>>>>>`.
    package let theirs: String

    /// Labels without newlines.
    package init(base: String, ours: String, theirs: String) {
        self.base = base
        self.ours = ours
        self.theirs = theirs
    }
}

/// How conflicts are written.
struct MergeLayout {
    let labels: MergeLabels
    let style: LineMerge.Style
    /// The commit whose attributes tell how long markers are; nil for git's length.
    let attributes: ObjectID?
}

extension Repository {
    /// Merges two trees against a base, writing only folders that changed.
    ///
    /// Knows no renames and no configured drivers: use it for pairs that ``PairClass`` calls clean, and for
    /// the layout of conflicts. A conflicting merge is laid out in the given style.
    package func mergeTrees(
        base: ObjectID, ours: ObjectID, theirs: ObjectID, labels: MergeLabels,
        style: LineMerge.Style = .diff3, attributes: ObjectID? = nil
    ) throws(GitError) -> TreeMerge {
        var conflicts: [ConflictedPath] = []
        let merged = try mergeFolders(
            base: base, ours: ours, theirs: theirs, at: RepositoryPath(bytes: []),
            MergeLayout(labels: labels, style: style, attributes: attributes), &conflicts)
        return TreeMerge(tree: merged ?? .emptyTree, conflicts: conflicts)
    }

    /// nil: the folder became empty, and git keeps no empty folders.
    private func mergeFolders(
        base: ObjectID?, ours: ObjectID?, theirs: ObjectID?, at path: RepositoryPath,
        _ layout: MergeLayout, _ conflicts: inout [ConflictedPath]
    ) throws(GitError) -> ObjectID? {
        if ours == theirs || base == theirs { return ours }
        if base == ours { return theirs }
        let (old, left, right) = (try index(base), try index(ours), try index(theirs))
        var merged: [TreeEntry] = []
        for name in Set(old.keys).union(left.keys).union(right.keys) {
            let sides = (old[name], left[name], right[name])
            merged += try mergeEntry(name, sides, at: path.appending(name), layout, &conflicts)
        }
        return merged.isEmpty ? nil : try writeTree(merged)
    }

    private func index(_ tree: ObjectID?) throws(GitError) -> [[UInt8]: TreeItem] {
        guard let tree else { return [:] }
        return Dictionary(
            try entries(of: tree).map { ($0.name, $0.item) }, uniquingKeysWith: { a, _ in a })
    }

    private func mergeEntry(
        _ name: [UInt8], _ sides: (base: TreeItem?, ours: TreeItem?, theirs: TreeItem?),
        at path: RepositoryPath, _ layout: MergeLayout, _ conflicts: inout [ConflictedPath]
    ) throws(GitError) -> [TreeEntry] {
        func entries(_ item: TreeItem?) -> [TreeEntry] {
            item.map { [TreeEntry(name: name, item: $0)] } ?? []
        }
        let (base, ours, theirs) = sides
        if ours == theirs || base == theirs { return entries(ours) }
        if base == ours { return entries(theirs) }
        func folder(_ item: TreeItem?) -> ObjectID? { item?.mode == .folder ? item?.id : nil }
        if [base, ours, theirs].allSatisfy({ $0 == nil || $0?.mode == .folder }) {
            let merged = try mergeFolders(
                base: folder(base), ours: folder(ours), theirs: folder(theirs), at: path, layout,
                &conflicts)
            return entries(merged.map { TreeItem(mode: .folder, id: $0) })
        }
        if ours?.mode == .folder || theirs?.mode == .folder {
            return try mergeFileWithFolder(name, sides, at: path, layout, &conflicts)
        }
        if base?.mode == .folder, ours == nil || theirs == nil {
            // One side removed the folder, the other put a file in its place: all below it is gone on both.
            return entries(ours ?? theirs)
        }
        let old = base?.mode == .folder ? nil : base
        if let ours, let theirs, !ours.mode.isOfKind(of: theirs.mode) {
            return mergeKinds(name, (old, ours, theirs), at: path, layout, &conflicts)
        }
        return entries(try mergeFiles(old, ours, theirs, at: path, layout, &conflicts))
    }

    /// One side holds a file, the other a folder: the folder keeps the name, the file is put beside it.
    private func mergeFileWithFolder(
        _ name: [UInt8], _ sides: (base: TreeItem?, ours: TreeItem?, theirs: TreeItem?),
        at path: RepositoryPath, _ layout: MergeLayout, _ conflicts: inout [ConflictedPath]
    ) throws(GitError) -> [TreeEntry] {
        func folder(_ item: TreeItem?) -> ObjectID? { item?.mode == .folder ? item?.id : nil }
        let merged = try mergeFolders(
            base: folder(sides.base), ours: folder(sides.ours), theirs: folder(sides.theirs),
            at: path, layout, &conflicts)
        let oursIsFile = sides.ours.map { $0.mode != .folder } ?? false
        let file = oursIsFile ? sides.ours : sides.theirs.flatMap { $0.mode == .folder ? nil : $0 }
        let baseFile = sides.base.flatMap { $0.mode == .folder ? nil : $0 }
        var out =
            merged.map { [TreeEntry(name: name, item: TreeItem(mode: .folder, id: $0))] } ?? []
        guard let file, file != baseFile || merged == nil else {
            // The other side replaced an untouched file by a folder.
            return out
        }
        guard merged != nil else { return [TreeEntry(name: name, item: file)] }
        let beside = layout.name(name, beside: oursIsFile)
        out.append(TreeEntry(name: beside, item: file))
        let placed = (path.parent ?? RepositoryPath(bytes: [])).appending(beside)
        conflicts.append(
            ConflictedPath(
                path: path, kind: .fileDirectory, base: baseFile, ours: oursIsFile ? file : nil,
                theirs: oursIsFile ? nil : file, placedAt: [placed]))
        return out
    }

    /// Both sides differ from the base and from each other; none is a folder.
    private func mergeFiles(
        _ base: TreeItem?, _ ours: TreeItem?, _ theirs: TreeItem?, at path: RepositoryPath,
        _ layout: MergeLayout, _ conflicts: inout [ConflictedPath]
    ) throws(GitError) -> TreeItem? {
        func stop(_ kind: ConflictKind, keeping item: TreeItem?) -> TreeItem? {
            conflicts.append(
                ConflictedPath(path: path, kind: kind, base: base, ours: ours, theirs: theirs))
            return item
        }
        guard let ours, let theirs else { return stop(.modifyDelete, keeping: ours ?? theirs) }
        let modes = (base?.mode, ours.mode, theirs.mode)
        guard ours.mode.isRegular, theirs.mode.isRegular, base?.mode.isRegular ?? true else {
            if ours.mode == .link { return stop(.symlink, keeping: ours) }
            if ours.mode == .submodule { return stop(.submodule, keeping: ours) }
            return stop(.type, keeping: ours)
        }
        let mode = modes.0 == modes.1 ? modes.2 : modes.1
        if base == nil, ours.mode != theirs.mode, ours.id == theirs.id {
            return stop(.mode, keeping: ours)
        }
        if ours.id == theirs.id || base?.id == theirs.id {
            return TreeItem(mode: mode, id: ours.id)
        }
        if base?.id == ours.id { return TreeItem(mode: mode, id: theirs.id) }
        let texts = (
            base: try base.map { item throws(GitError) in try blob(item.id) } ?? [],
            ours: try blob(ours.id), theirs: try blob(theirs.id)
        )
        if [texts.base, texts.ours, texts.theirs].contains(where: LineTable.isBinary) {
            return stop(.binary, keeping: TreeItem(mode: mode, id: ours.id))
        }
        let result = try mergeText(texts, at: path, layout)
        let merged = TreeItem(mode: mode, id: try writeBlob(result.bytes))
        if !result.conflicts.isEmpty {
            conflicts.append(
                ConflictedPath(
                    path: path, kind: base == nil ? .addAdd : kind(of: result.conflicts),
                    base: base, ours: ours, theirs: theirs, blocks: result.conflicts))
        } else if base == nil, ours.mode != theirs.mode {
            return stop(.mode, keeping: merged)
        }
        return merged
    }

    /// The verdict is that of the plain style, whatever a conflict is laid out in.
    private func mergeText(
        _ texts: (base: [UInt8], ours: [UInt8], theirs: [UInt8]), at path: RepositoryPath,
        _ layout: MergeLayout
    ) throws(GitError) -> LineMergeResult {
        let tables = (LineTable(texts.base), LineTable(texts.ours), LineTable(texts.theirs))
        let plain = LineMerge.merge(base: tables.0, ours: tables.1, theirs: tables.2)
        if plain.isClean { return plain }
        let labels = layout.labels
        let size = try layout.attributes.flatMap { commit throws(GitError) in
            try markerSize(of: path, at: commit)
        }
        return LineMerge.merge(
            base: tables.0, ours: tables.1, theirs: tables.2,
            options: .init(
                labels: .init(base: labels.base, ours: labels.ours, theirs: labels.theirs),
                style: layout.style, markerSize: size ?? 7))
    }

    private func kind(of blocks: [ConflictBlock]) -> ConflictKind {
        blocks.allSatisfy { $0.base.isEmpty } ? .insertInsert : .overlap
    }
}
