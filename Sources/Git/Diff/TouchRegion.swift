/// How two sides' hunks of one base meet.
package enum Contact: String, Sendable, Hashable, CaseIterable {
    /// The same change on both sides. Git takes it once.
    case identical
    /// Two edits side by side, no line in common.
    case adjacentEdits = "adjacent-edits"
    /// An insertion at the edge of an edit.
    case insertionTouchingEdit = "insertion-touching-edit"
    /// Two insertions at one point.
    case samePointInsertion = "same-point-insertion"
    /// Both changed one line, or one inserted amid the lines that the other changed.
    case shareLines = "share-lines"

    /// The word of the overlap report: `overlap`, `adjacent` or `insert_insert`.
    package var kind: String {
        switch self {
        case .identical, .shareLines: "overlap"
        case .adjacentEdits, .insertionTouchingEdit: "adjacent"
        case .samePointInsertion: "insert_insert"
        }
    }

    /// How two different changes meet; nil when an unchanged line is between them.
    ///
    /// Closed ranges decide, since git stops where no unchanged line separates two changes.
    package init?(_ a: Range<Int>, _ b: Range<Int>) {
        let start = max(a.lowerBound, b.lowerBound)
        let end = min(a.upperBound, b.upperBound)
        if start > end { return nil }
        switch (a.isEmpty, b.isEmpty) {
        case (true, true):
            self = .samePointInsertion
        case (true, false):
            self = Contact.isInside(a.lowerBound, b) ? .shareLines : .insertionTouchingEdit
        case (false, true):
            self = Contact.isInside(b.lowerBound, a) ? .shareLines : .insertionTouchingEdit
        case (false, false):
            self = start < end ? .shareLines : .adjacentEdits
        }
    }

    private static func isInside(_ point: Int, _ edit: Range<Int>) -> Bool {
        edit.lowerBound < point && point < edit.upperBound
    }
}

extension Contact: Comparable {
    /// The later case weighs more: a region is named after its heaviest contact.
    package static func < (a: Contact, b: Contact) -> Bool { a.weight < b.weight }

    private var weight: Int { Contact.allCases.firstIndex(of: self) ?? 0 }
}

/// Hunks of two or more branches that meet, directly or through each other.
package struct TouchRegion: Sendable, Hashable {
    /// One branch's hunk in the region; a branch may have several.
    package struct Participant: Sendable, Hashable {
        /// Index into the branches that were compared.
        package let branch: Int
        /// Lines of the base, 0-based and half-open; empty for an insertion.
        package let base: Range<Int>
        /// The same hunk's lines in the branch's own file.
        package let side: Range<Int>
    }

    /// From the first to the last changed line of the base.
    package let base: Range<Int>
    /// By branch, then by line.
    package let participants: [Participant]
    /// Whether a merge of some two of the branches stops here.
    package let hasConflict: Bool
    /// The heaviest contact among those that conflict, or else among all.
    package let contact: Contact

    /// The branches that take part, ascending, each once.
    package var branches: [Int] { Set(participants.map(\.branch)).sorted() }
}

/// Two branches with hunks that meet in one file.
package struct PairOverlap: Sendable, Hashable {
    /// Indices of the branches, `a` < `b`.
    package let a: Int
    /// The greater index; see ``a``.
    package let b: Int
    /// Whether git's merge of the two, with this base, stops in this file.
    package let hasConflict: Bool
    /// The heaviest contact among those that conflict, or else among all.
    package let contact: Contact
    /// Indices of the regions where they meet, ascending.
    package let regions: [Int]
}
