/// Applies the changes of any number of branches to their common base at once.
///
/// The result does not depend on the branches' order, unlike that of merging one after another.
package enum NWayApply {
    /// The base with all changes, or nil when two different ones meet.
    ///
    /// The same change on several branches counts once.
    package static func apply(base: LineTable, _ branches: [SideChanges]) -> [UInt8]? {
        var edits = branches.flatMap { changes in
            changes.hunks.map { (base: $0.base, text: changes.replacement(of: $0)) }
        }
        edits.sort {
            ($0.base.lowerBound, $0.base.upperBound) < ($1.base.lowerBound, $1.base.upperBound)
        }
        var merged: [UInt8] = []
        merged.reserveCapacity(base.bytes.count)
        var last: (base: Range<Int>, text: ArraySlice<UInt8>)?
        for edit in edits {
            if let last {
                if last.base == edit.base, last.text == edit.text { continue }
                if edit.base.lowerBound <= last.base.upperBound { return nil }
            }
            merged += base.bytes(of: (last?.base.upperBound ?? 0)..<edit.base.lowerBound)
            merged += edit.text
            last = edit
        }
        merged += base.bytes(of: (last?.base.upperBound ?? 0)..<base.count)
        return merged
    }
}
