import Base
import Git

/// The definitions that changes stand in, as far as a file's language is known.
struct ChangedHeadings: Sendable {
    private struct Place: Hashable {
        let path: RepositoryPath
        let branch: Int
        let hunk: Hunk
    }

    private var found: [Place: Heading] = [:]

    /// The definition that a change is inside of; nil where it is in none, or brings one of its own.
    subscript(change: (branch: Int, hunk: Hunk), in file: ChangedFile) -> Heading? {
        found[Place(path: file.path, branch: change.branch, hunk: change.hunk)]
    }
}

extension Repository {
    /// Looks up the definitions of all changes in files that several branches changed.
    func changedHeadings(
        of files: [ChangedFile], at commit: ObjectID
    ) throws(GitError) -> ChangedHeadings {
        var questions: [HeadingQuestion] = []
        let shared = files.filter { $0.sides.count > 1 }
        for file in shared {
            guard let blob = file.blob else { continue }
            let lines = file.sides.flatMap { side in
                side.changes.hunks.flatMap { hunk in
                    [hunk.base.lowerBound, Self.inside(hunk, file.base)]
                }
            }
            questions.append(.init(path: file.path, blob: blob, lines: Set(lines).sorted()))
            for side in file.sides {
                let ends = side.changes.hunks.map(\.side.upperBound)
                questions.append(.init(path: file.path, blob: side.blob, lines: ends))
            }
        }
        let answers = try headings(questions, at: commit, guessing: true)
        var byText: [RepositoryPath: [ObjectID: [Int: Heading]]] = [:]
        for (question, answers) in zip(questions, answers) {
            for case (let line, let answer?) in zip(question.lines, answers) {
                byText[question.path, default: [:]][question.blob, default: [:]][line] = answer
            }
        }
        var found = ChangedHeadings()
        for file in shared {
            guard let blob = file.blob, let texts = byText[file.path] else { continue }
            for side in file.sides {
                for hunk in side.changes.hunks {
                    let before = texts[blob]?[hunk.base.lowerBound]
                    let here = texts[blob]?[Self.inside(hunk, file.base)]
                    // A definition that the change brings, or the start of the next one: the change is between.
                    let own = texts[side.blob]?[hunk.side.upperBound]
                    let isOwn = own.map { hunk.side.contains($0.line) } ?? false
                    if hunk.base.isEmpty, isOwn || here != before { continue }
                    found.set(here, file.path, side.branch, hunk)
                }
            }
        }
        return found
    }

    /// A line whose heading tells what the hunk is inside of: its own first line may be the heading.
    private static func inside(_ hunk: Hunk, _ base: LineTable) -> Int {
        if !hunk.base.isEmpty { return hunk.base.lowerBound + 1 }
        var line = hunk.base.lowerBound
        let blank: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        while line < base.count, base.bytes(of: line..<line + 1).allSatisfy(blank.contains) {
            line += 1
        }
        return min(line + 1, base.count)
    }
}

extension ChangedHeadings {
    fileprivate mutating func set(
        _ heading: Heading?, _ path: RepositoryPath, _ branch: Int, _ hunk: Hunk
    ) {
        found[Place(path: path, branch: branch, hunk: hunk)] = heading
    }
}
