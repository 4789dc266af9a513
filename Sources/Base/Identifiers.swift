/// Name of a run: unique in a repository, usable in a ref, a file name and a shell word.
package struct RunID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// Takes a name that follows ``Slug/isValid(_:)``; nil otherwise.
    package init?(_ text: String) {
        guard Slug.isValid(text) else { return nil }
        description = text
    }

    /// Makes a name from the UTC time and 20 random bits, such as `20260102-030405-x7k2`.
    package init(at time: Timestamp, using generator: inout some RandomNumberGenerator) {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        let tail = (0..<4).map { _ in letters.randomElement(using: &generator) ?? "a" }
        let parts = time.description.split { "-:T.Z".contains($0) }
        description = parts[0...2].joined() + "-" + parts[3...5].joined() + "-" + String(tail)
    }

    package static func < (a: RunID, b: RunID) -> Bool { a.description < b.description }
}

/// Name of a task within its run.
package struct TaskID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// Takes a name that follows ``Slug/isValid(_:)``; nil otherwise.
    package init?(_ text: String) {
        guard Slug.isValid(text) else { return nil }
        description = text
    }

    package static func < (a: TaskID, b: TaskID) -> Bool { a.description < b.description }
}

/// The grammar shared by run and task names.
package enum Slug {
    /// True for `[a-z0-9][a-z0-9-]{0,62}`.
    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), let first = bytes.first, first != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
    }
}
