import Base

extension Repository {
    /// One side holds a file, a link or a submodule, the other one of another kind: as git does it, a file is put beside
    /// the path; of a link and a submodule both are.
    func mergeKinds(
        _ name: [UInt8], _ sides: (base: TreeItem?, ours: TreeItem, theirs: TreeItem),
        at path: RepositoryPath, _ layout: MergeLayout, _ conflicts: inout [ConflictedPath]
    ) -> [TreeEntry] {
        let movesOurs = sides.ours.mode.isRegular || !sides.theirs.mode.isRegular
        let movesTheirs = !sides.ours.mode.isRegular
        var out: [TreeEntry] = []
        var placed: [RepositoryPath] = []
        for (item, isOurs, moves) in [
            (sides.ours, true, movesOurs), (sides.theirs, false, movesTheirs),
        ] {
            let place = moves ? layout.name(name, beside: isOurs) : name
            out.append(TreeEntry(name: place, item: item))
            if moves { placed.append((path.parent ?? RepositoryPath(bytes: [])).appending(place)) }
        }
        conflicts.append(
            ConflictedPath(
                path: path, kind: .type, base: sides.base, ours: sides.ours, theirs: sides.theirs,
                placedAt: placed))
        return out
    }
}

extension MergeLayout {
    /// Where git puts what one side holds when the name is taken by the other.
    func name(_ name: [UInt8], beside isOurs: Bool) -> [UInt8] {
        let label = (isOurs ? labels.ours : labels.theirs).map { $0 == "/" ? "_" : $0 }
        return name + Array("~\(String(label))".utf8)
    }
}

extension FileMode {
    /// Whether both are files, both links, both submodules or both folders.
    func isOfKind(of other: FileMode) -> Bool {
        self == other || (isRegular && other.isRegular)
    }
}
