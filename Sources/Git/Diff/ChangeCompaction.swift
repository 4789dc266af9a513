/// Slides groups of changed lines to where git puts them, without the indent heuristic.
///
/// A group can slide where the line before it equals its last line, or its first line the one
/// after it. Groups that bump into each other join. Of the places that are left, the last one
/// that faces a change of the other file wins, else the last one of all.
enum ChangeCompaction {
    /// Compacts the base's changes, then the side's.
    static func compact(_ changes: inout ChangedLines, base: [Int32], side: [Int32]) {
        compact(&changes.base, base, facing: changes.side)
        compact(&changes.side, side, facing: changes.base)
    }

    private static func compact(_ flags: inout [Bool], _ ids: [Int32], facing other: [Bool]) {
        var group = LineGroup(first: flags)
        var facing = LineGroup(first: other)
        while true {
            if !group.isEmpty { place(&group, &flags, ids, &facing, other) }
            guard group.moveToNext(flags) else { return }
            facing.moveToNext(other)
        }
    }

    private static func place(
        _ group: inout LineGroup, _ flags: inout [Bool], _ ids: [Int32],
        _ facing: inout LineGroup, _ other: [Bool]
    ) {
        var size: Int
        var highestEnd: Int
        var facesChange: Bool
        repeat {
            size = group.end - group.start
            while group.slideUp(&flags, ids) { facing.moveToPrevious(other) }
            highestEnd = group.end
            facesChange = !facing.isEmpty
            while group.slideDown(&flags, ids) {
                facing.moveToNext(other)
                if !facing.isEmpty { facesChange = true }
            }
        } while size != group.end - group.start
        guard facesChange, group.end != highestEnd else { return }
        while facing.isEmpty, group.slideUp(&flags, ids) { facing.moveToPrevious(other) }
    }
}

/// A run of changed lines, perhaps empty, between two unchanged lines of a file.
///
/// The n-th group of one file faces the n-th group of the other.
private struct LineGroup {
    private(set) var start = 0
    private(set) var end = 0

    init(first flags: [Bool]) { extendDown(flags) }

    var isEmpty: Bool { start == end }

    /// Moves past one unchanged line; false at the end of the file.
    @discardableResult
    mutating func moveToNext(_ flags: [Bool]) -> Bool {
        guard end < flags.count else { return false }
        start = end + 1
        end = start
        extendDown(flags)
        return true
    }

    /// Moves back over one unchanged line; false at the start of the file.
    @discardableResult
    mutating func moveToPrevious(_ flags: [Bool]) -> Bool {
        guard start > 0 else { return false }
        end = start - 1
        start = end
        extendUp(flags)
        return true
    }

    /// Slides one line towards the end, joining a group it then touches.
    mutating func slideDown(_ flags: inout [Bool], _ ids: [Int32]) -> Bool {
        guard end < ids.count, ids[start] == ids[end] else { return false }
        flags[start] = false
        flags[end] = true
        start += 1
        end += 1
        extendDown(flags)
        return true
    }

    /// Slides one line towards the start, joining a group it then touches.
    mutating func slideUp(_ flags: inout [Bool], _ ids: [Int32]) -> Bool {
        guard start > 0, ids[start - 1] == ids[end - 1] else { return false }
        start -= 1
        end -= 1
        flags[start] = true
        flags[end] = false
        extendUp(flags)
        return true
    }

    private mutating func extendDown(_ flags: [Bool]) {
        while end < flags.count, flags[end] { end += 1 }
    }

    private mutating func extendUp(_ flags: [Bool]) {
        while start > 0, flags[start - 1] { start -= 1 }
    }
}
