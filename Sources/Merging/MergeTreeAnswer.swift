package import Base
package import Git

/// What `git merge-tree --write-tree -z --messages --stdin` said of one pair.
package struct MergeTreeAnswer: Hashable, Sendable {
    /// git would exit with 0.
    package let isClean: Bool
    /// The merged tree; it holds markers where the merge stopped.
    package let tree: ObjectID
    /// Entries of conflicted paths, by stage: 1 base, 2 ours, 3 theirs.
    package let stages: [Stage]
    /// Conflicts, and remarks about what merged by itself, in git's order.
    package let messages: [Message]

    /// One conflicted entry.
    package struct Stage: Hashable, Sendable {
        /// Where the entry stands, which for renames is the new place.
        package let path: RepositoryPath
        /// 1, 2 or 3.
        package let number: Int
        /// The mode and the object of that side.
        package let item: TreeItem
    }

    /// One remark; those whose type starts with `CONFLICT` say why the merge stopped.
    package struct Message: Hashable, Sendable {
        /// The paths concerned, the main one first.
        package let paths: [RepositoryPath]
        /// Stable from version to version, such as `CONFLICT (contents)`.
        package let type: String
        /// A sentence or more for people.
        package let text: String

        /// False for mere information.
        package var isConflict: Bool { type.hasPrefix("CONFLICT") }
    }

    /// Reads all answers of a batch; nil for anything that is not the format of git 2.39 and later.
    package static func parse(_ output: [UInt8]) -> [MergeTreeAnswer]? {
        var fields = Fields(output)
        var answers: [MergeTreeAnswer] = []
        while !fields.isAtEnd {
            guard let answer = one(&fields) else { return nil }
            answers.append(answer)
        }
        return answers
    }

    private static func one(_ fields: inout Fields) -> MergeTreeAnswer? {
        guard let status = fields.text(), ["0", "1"].contains(status),
            let tree = fields.text().flatMap({ ObjectID($0) })
        else { return nil }
        var stages: [Stage] = []
        while true {
            guard let field = fields.next() else { return nil }
            if field.isEmpty { break }
            guard let stage = Stage(field) else { return nil }
            stages.append(stage)
        }
        var messages: [Message] = []
        while true {
            guard let count = fields.text() else { return nil }
            // git prints its advice on submodules in the middle of the format, up to the answer's end.
            if count.isEmpty || count.hasPrefix("Recursive merging with submodules") { break }
            guard let number = Int(count), (0...100_000).contains(number) else { return nil }
            var paths: [RepositoryPath] = []
            for _ in 0..<number {
                guard let path = fields.next() else { return nil }
                paths.append(RepositoryPath(bytes: path))
            }
            guard let type = fields.text(), let text = fields.text() else { return nil }
            messages.append(Message(paths: paths, type: type, text: text))
        }
        return MergeTreeAnswer(
            isClean: status == "1", tree: tree, stages: stages, messages: messages)
    }
}

extension MergeTreeAnswer.Stage {
    /// `<mode> <object> <stage>\t<path>`.
    fileprivate init?(_ field: ArraySlice<UInt8>) {
        guard let tab = field.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
        let words = String(decoding: field[..<tab], as: UTF8.self).split(separator: " ")
        guard words.count == 3, let raw = UInt32(words[0], radix: 8),
            let mode = FileMode(lenient: raw), let id = ObjectID(words[1]),
            let number = Int(words[2])
        else { return nil }
        self.init(
            path: RepositoryPath(bytes: field[(tab + 1)...]), number: number,
            item: TreeItem(mode: mode, id: id))
    }
}

/// NUL-terminated fields.
private struct Fields {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at >= bytes.count }

    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = bytes[min(at, bytes.count)...].firstIndex(of: 0) else { return nil }
        defer { at = end + 1 }
        return bytes[at..<end]
    }

    mutating func text() -> String? { next().map { String(decoding: $0, as: UTF8.self) } }
}
