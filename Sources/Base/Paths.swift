/// A path inside a repository, as git stores it: bytes, relative, `/` between components.
///
/// Git's paths need not be UTF-8, so equality and order are those of the bytes.
package struct RepositoryPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Without a leading or trailing `/`; empty for the top of the repository.
    package let bytes: [UInt8]

    /// Takes the bytes of a path that git itself produced.
    package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Takes the text's UTF-8 unchecked: for paths that are known to be relative and clean.
    package init(_ text: String) { bytes = Array(text.utf8) }

    /// For people and JSON: invalid UTF-8 becomes U+FFFD.
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Folder names and file name, in order.
    package var components: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

    /// Last component.
    package var name: ArraySlice<UInt8> { components.last ?? [] }

    /// The folder that holds it; nil at the top.
    package var parent: RepositoryPath? {
        guard let cut = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return RepositoryPath(bytes: bytes[..<cut])
    }

    /// `self/name`.
    package func appending(_ name: some Sequence<UInt8>) -> RepositoryPath {
        bytes.isEmpty
            ? RepositoryPath(bytes: name)
            : RepositoryPath(bytes: bytes + [UInt8(ascii: "/")] + Array(name))
    }

    /// True when `self` is `other` or lies below it.
    package func isInside(_ other: RepositoryPath) -> Bool {
        if other.bytes.isEmpty { return true }
        guard bytes.starts(with: other.bytes) else { return false }
        return bytes.count == other.bytes.count || bytes[other.bytes.count] == UInt8(ascii: "/")
    }

    /// All bytes at once: an array's own way is one call for each.
    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(bytes.count)
    }

    package static func < (a: RepositoryPath, b: RepositoryPath) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

/// An absolute path of the file system, without `.`, `..`, doubled or trailing slashes.
///
/// Symbolic links are not resolved here: see ``Files/resolve(_:)``.
package struct AbsolutePath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The normalised text; `/` alone for the root.
    package let description: String

    /// Normalises an absolute path by its text alone; nil for a relative one or one with a NUL.
    package init?(_ text: String) {
        guard text.hasPrefix("/"), !text.utf8.contains(0) else { return nil }
        self.init(normalising: text)
    }

    /// Resolves `text` against `folder` by text alone; an absolute `text` replaces it.
    package init(_ text: String, relativeTo folder: AbsolutePath) {
        self.init(normalising: text.hasPrefix("/") ? text : folder.description + "/" + text)
    }

    /// Takes an absolute path, which is not checked again.
    init(normalising text: String) {
        var parts: [Substring] = []
        for part in text.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        description = "/" + parts.joined(separator: "/")
    }

    /// `self/name`, where `name` may hold several components.
    package func appending(_ name: String) -> AbsolutePath {
        AbsolutePath(normalising: description + "/" + name)
    }

    /// The folder that holds it; `/` is its own parent.
    package var parent: AbsolutePath { AbsolutePath(normalising: description + "/..") }

    /// Last component; empty for `/`.
    package var name: String { description.split(separator: "/").last.map(String.init) ?? "" }

    /// True when `self` is `other` or lies below it, by text.
    package func isInside(_ other: AbsolutePath) -> Bool {
        self == other || other.description == "/"
            || description.hasPrefix(other.description + "/")
    }

    package static func < (a: AbsolutePath, b: AbsolutePath) -> Bool {
        a.description < b.description
    }
}
