/// A pattern for paths inside a repository.
///
/// * `?` is one character, `*` any number of them, `[a-z]` one of a class, `[!a-z]` one outside it;
///   none of them is a `/`, all of them may be a leading dot.
/// * `**` as a whole component is any number of components; at the end, at least one.
/// * `{a,b}` is either; it is expanded first, as a shell does, and may hold `/` and nest.
/// * `\` takes the next character literally.
/// * A pattern whose last component has no wildcard also matches everything below it; with a `/` at
///   the end it matches only that.
///
/// Patterns start at the top of the repository: `*.txt` means files there, `**/*.txt` any.
/// A character is a Unicode scalar; a byte that is no part of valid UTF-8 is one character too.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    package let description: String
    private let automaton: GlobAutomaton

    /// Compiles a pattern; refuses what could match nothing, such as an empty component.
    package init(_ pattern: String) throws(GlobError) {
        var parser = GlobParser(pattern)
        var automaton = GlobAutomaton()
        for components in try parser.alternatives() { automaton.add(components) }
        description = pattern
        self.automaton = automaton
    }

    /// True when the pattern covers the whole path.
    package func matches(_ path: RepositoryPath) -> Bool { automaton.accepts(path.units) }

    /// True when some path is matched by both: exact, not a guess from prefixes.
    package func overlaps(_ other: Glob) -> Bool { commonPath(with: other) != nil }

    /// A shortest path that both match, as an example for people; nil when there is none.
    package func commonPath(with other: Glob) -> RepositoryPath? {
        automaton.commonUnits(with: other.automaton).map(RepositoryPath.init(units:))
    }

    package static func == (a: Glob, b: Glob) -> Bool { a.description == b.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// Where and why a text is not a pattern.
package struct GlobError: Error, Equatable, Sendable {
    /// Unicode scalars before the place.
    package let offset: Int
    /// What the pattern breaks at that place.
    package let reason: Reason

    /// The rules that a pattern can break.
    package enum Reason: Equatable, Sendable {
        case empty
        /// Patterns are relative to the top of the repository.
        case leadingSlash
        /// `//`, which no path contains.
        case emptyComponent
        /// `.` or `..`, which no path of a repository contains.
        case dotComponent
        case unclosedClass
        /// A class that no character is in.
        case emptyClass
        /// `[z-a]`.
        case reversedRange
        /// `[[:alpha:]]`, which other tools know and this one does not.
        case namedClass
        case unclosedBrace
        case unopenedBrace
        /// A `\` with nothing after it.
        case trailingEscape
        /// More than so many characters once the braces are expanded.
        case tooLong(limit: Int)
    }
}

extension RepositoryPath {
    /// Unicode scalars, and bytes outside valid UTF-8 as numbers above them.
    var units: [UInt32] {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var units: [UInt32] = []
        var offset = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                units.append(Unicode.UTF8.decode(encoded).value)
                offset += encoded.count
            case .error(let length):
                units += bytes[offset..<offset + length].map { UnitSet.firstByte + UInt32($0) }
                offset += length
            case .emptyInput: return units
            }
        }
    }

    init(units: [UInt32]) {
        self.init(
            bytes: units.flatMap { unit in
                Unicode.Scalar(unit).map { Array(String(Character($0)).utf8) }
                    ?? [UInt8(truncatingIfNeeded: unit)]
            })
    }
}
