package import Base
package import YAML

/// One thing that is wrong with a plan.
package struct PlanProblem: Equatable, Sendable {
    /// For programs; ``found`` and ``expected`` are the words for people.
    package let kind: Kind
    /// The name the plan was loaded under; empty for options and for JSON of our own.
    package let file: String
    /// Where in the file; nil when there is no text.
    package let mark: YAMLMark?
    /// Such as `tasks[2].after[0]`, counted from 0; empty for the whole plan. For options the
    /// option, such as `--task`.
    package let path: String
    /// What stands there, such as `"mian"` or `a list`.
    package let found: String
    /// What should, such as `a whole number from 1 to 256`.
    package let expected: String

    /// Counted from 1.
    package var line: Int? { mark?.line }
    /// In Unicode scalars, counted from 1.
    package var column: Int? { mark?.column }

    /// What sort of mistake it is.
    package enum Kind: Equatable, Sendable {
        case syntax
        /// With the known key that looks most like it.
        case unknownKey(nearest: String?)
        case missingKey
        case wrongType
        case invalidName
        /// A name that the program needs for itself.
        case reservedName
        case invalidValue
        case outOfRange
        case invalidPattern(GlobError)
        case invalidDuration
        case unsupportedVersion
        /// With the path of the first one.
        case duplicate(first: String)
        /// A name that nothing has, with the known name that looks most like it.
        case unknownReference(nearest: String?)
        /// The tasks in order: each waits for the next, and the last for the first.
        case cycle([TaskID])
        /// Keys that exclude each other.
        case conflictingKeys([String])
        case unreadableFile
    }
}

/// Everything that is wrong with a plan, in the order of its text; never empty.
package struct PlanErrors: Error, Equatable, Sendable {
    /// Those without a place come last.
    package let problems: [PlanProblem]

    init(_ problems: [PlanProblem]) {
        let nowhere = YAMLMark(line: .max, column: .max)
        self.problems =
            problems.enumerated().sorted { a, b in
                let (first, second) = (a.element.mark ?? nowhere, b.element.mark ?? nowhere)
                return first == second ? a.offset < b.offset : first < second
            }.map(\.element)
    }
}
