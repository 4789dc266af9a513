package import Base

/// A hint that changes of several branches may not fit together although their texts merge.
///
/// Never a verdict: it moves no exit code and no order.
package struct OverlapRisk: Hashable, Sendable {
    /// What was seen.
    package let kind: Kind
    /// Files that take part; the first is where to look.
    package let paths: [RepositoryPath]
    /// Lines of the base in the first file, 1-based and half-open; nil where no lines tell.
    package let base: Range<Int>?
    /// A function, section or name that the changes have in common.
    package let symbol: String?
    /// Indices into the report's branches, ascending; at least two.
    package let branches: [Int]
    /// For people.
    package let detail: String

    /// What was seen of several branches.
    package enum Kind: String, Hashable, Sendable, CaseIterable, Comparable {
        /// Changes with one to three unchanged lines between them.
        case near
        /// Changes in distant lines of one function or section.
        case sameSymbol = "same_symbol"
        /// One changes or removes a definition, the other starts to use it.
        case definitionUse = "definition_use"
        /// The same new line at different places: a merge has it twice.
        case sameLine = "same_line"
        /// New migrations with one number.
        case migration
        /// A lock file that a tool should write anew.
        case lockFile = "lock_file"
        /// A description of data that must fit together as a whole.
        case schema

        package static func < (a: Kind, b: Kind) -> Bool { a.weight < b.weight }

        private var weight: Int { Kind.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The member of the document.
    func json(_ names: [String]) -> JSON {
        [
            "kind": .string(kind.rawValue),
            "paths": .array(paths.map { .string($0.description) }),
            "base": base?.json ?? .null, "symbol": .optional(symbol),
            "branches": .array(branches.map { .string(names[$0]) }), "detail": .string(detail),
        ]
    }
}
