/// Applies the changes of any number of branches to their common base at once.
///
/// The result does not depend on the branches' order, unlike that of merging one after another.
package enum NWayApply {
    /// The base with all changes, or nil when two different ones meet.
    ///
    /// The same change on several branches counts once, however their hunks cut it.
    package static func apply(base: LineTable, _ branches: [SideChanges]) -> [UInt8]? {
        var merged: [UInt8] = []
        merged.reserveCapacity(base.bytes.count)
        var next = 0
        for members in BranchHunk.connected(BranchHunk.sorted(branches)) {
            let lines = BranchHunk.extent(of: members)
            guard let text = agreedText(lines, members, branches) else { return nil }
            merged += base.bytes(of: next..<lines.lowerBound)
            merged += text
            next = lines.upperBound
        }
        merged += base.bytes(of: next..<base.count)
        return merged
    }

    /// What the lines became on every branch that changed some of them; nil if that differs.
    private static func agreedText(
        _ lines: Range<Int>, _ members: ArraySlice<BranchHunk>, _ branches: [SideChanges]
    ) -> ArraySlice<UInt8>? {
        var outermost: [Int: (first: Hunk, last: Hunk)] = [:]
        for member in members {
            let first = outermost[member.branch]?.first ?? member.hunk
            outermost[member.branch] = (first, member.hunk)
        }
        var agreed: ArraySlice<UInt8>?
        for (branch, hunks) in outermost {
            let text = branches[branch].text(of: lines, from: hunks.first, through: hunks.last)
            if let agreed, agreed != text { return nil }
            agreed = text
        }
        return agreed
    }
}
