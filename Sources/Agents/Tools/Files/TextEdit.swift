import Base

/// One replacement in a text, as a model asks for it.
package struct TextEdit: Hashable, Sendable {
    /// What to find, exactly.
    package let old: String
    /// What to put there.
    package let new: String
    /// Whether every occurrence is replaced; otherwise there must be one.
    package let replacesAll: Bool

    /// A replacement of the one occurrence, or of all.
    package init(old: String, new: String, replacesAll: Bool = false) {
        self.old = old
        self.new = new
        self.replacesAll = replacesAll
    }

    /// Why a replacement cannot be made.
    package enum Failure: Error, Equatable, Sendable {
        /// Old and new text are the same.
        case nothingToChange
        /// Nothing to find.
        case emptyOld
        case notFound
        /// So many occurrences, where one was wanted.
        case ambiguous(Int)
    }

    /// The text after the replacement. Compared byte by byte: no normalisation of Unicode.
    package func applied(to text: String) throws(Failure) -> String {
        guard old.utf8.elementsEqual(new.utf8) == false else { throw .nothingToChange }
        guard !old.isEmpty else { throw .emptyOld }
        let bytes = Array(text.utf8)
        let wanted = Array(old.utf8)
        let places = TextEdit.places(of: wanted, in: bytes)
        guard !places.isEmpty else { throw .notFound }
        guard places.count == 1 || replacesAll else { throw .ambiguous(places.count) }
        var out: [UInt8] = []
        var at = 0
        for place in places {
            out += bytes[at..<place]
            out += new.utf8
            at = place + wanted.count
        }
        return String(decoding: out + bytes[at...], as: UTF8.self)
    }

    /// Offsets of all occurrences that do not overlap.
    static func places(of wanted: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard let first = wanted.first, wanted.count <= bytes.count else { return [] }
        var places: [Int] = []
        var at = 0
        let last = bytes.count - wanted.count
        bytes.withUnsafeBufferPointer { bytes in
            wanted.withUnsafeBufferPointer { wanted in
                while at <= last {
                    if bytes[at] == first {
                        var length = 1
                        while length < wanted.count, bytes[at + length] == wanted[length] {
                            length += 1
                        }
                        if length == wanted.count {
                            places.append(at)
                            at += length
                            continue
                        }
                    }
                    at += 1
                }
            }
        }
        return places
    }
}
