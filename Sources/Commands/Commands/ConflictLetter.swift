import Git

/// A kind of conflict as one letter, ordered by how hard it is to resolve.
struct ConflictLetter: Hashable, Comparable {
    let kind: ConflictKind

    var letter: String {
        switch kind {
        case .overlap: "o"
        case .adjacent: "a"
        case .insertInsert: "i"
        case .modifyDelete: "d"
        case .addAdd: "A"
        case .renameRename, .renameDelete, .renameModify: "r"
        case .mode: "m"
        case .type: "t"
        case .symlink: "l"
        case .binary: "b"
        case .submodule: "s"
        case .fileDirectory: "f"
        }
    }

    private var weight: Int {
        switch kind {
        case .adjacent: 0
        case .insertInsert: 1
        case .overlap: 2
        case .mode: 3
        case .addAdd: 4
        case .symlink: 5
        case .modifyDelete: 6
        case .renameModify: 7
        case .renameDelete: 8
        case .renameRename: 9
        case .type: 10
        case .submodule: 11
        case .fileDirectory: 12
        case .binary: 13
        }
    }

    static func < (a: ConflictLetter, b: ConflictLetter) -> Bool { a.weight < b.weight }
}
