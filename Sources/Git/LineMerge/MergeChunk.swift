/// One stretch of a three-way merge where at least one side changed the base.
///
/// What lies between two chunks is the same in all three files. After refinement `base` of a
/// conflict may cover more than its sides, since they are cut down without it.
struct MergeChunk: Hashable {
    enum Source: Hashable {
        case ours
        case theirs
        case conflict
        /// Both sides changed it to the same text.
        case both
    }

    var source: Source
    var base: Range<Int>
    var ours: Range<Int>
    var theirs: Range<Int>
}

/// Pairs up two sides' hunks of one base.
///
/// Hunks whose closed base ranges meet go into one conflict, together with whatever else meets
/// it, unless they are one and the same change.
struct ChunkBuilder {
    private let ours: [Hunk]
    private let theirs: [Hunk]
    private var chunks: [MergeChunk] = []
    private var oursNext = 0
    private var theirsNext = 0
    /// Lines that the hunks so far added to each side.
    private var oursGrowth = 0
    private var theirsGrowth = 0

    /// Chunks in order; `isSame` compares our lines with as many of theirs.
    static func chunks(
        ours: [Hunk], theirs: [Hunk], isSame: (_ ours: Range<Int>, _ theirs: Range<Int>) -> Bool
    ) -> [MergeChunk] {
        var builder = ChunkBuilder(ours: ours, theirs: theirs)
        builder.build(isSame)
        return builder.chunks
    }

    private init(ours: [Hunk], theirs: [Hunk]) {
        self.ours = ours
        self.theirs = theirs
    }

    private mutating func build(_ isSame: (Range<Int>, Range<Int>) -> Bool) {
        while oursNext < ours.count || theirsNext < theirs.count {
            guard oursNext < ours.count else {
                takeTheirs()
                continue
            }
            guard theirsNext < theirs.count else {
                takeOurs()
                continue
            }
            let our = ours[oursNext]
            let their = theirs[theirsNext]
            if our.base.upperBound < their.base.lowerBound {
                takeOurs()
            } else if their.base.upperBound < our.base.lowerBound {
                takeTheirs()
            } else if our.base == their.base, our.side.count == their.side.count,
                isSame(our.side, their.side)
            {
                stepOurs()
                stepTheirs()
            } else {
                takeConflict()
            }
        }
    }

    private mutating func takeOurs() {
        let hunk = ours[oursNext]
        chunks.append(
            MergeChunk(
                source: .ours, base: hunk.base, ours: hunk.side,
                theirs: hunk.base.shifted(by: theirsGrowth)))
        stepOurs()
    }

    private mutating func takeTheirs() {
        let hunk = theirs[theirsNext]
        chunks.append(
            MergeChunk(
                source: .theirs, base: hunk.base, ours: hunk.base.shifted(by: oursGrowth),
                theirs: hunk.side))
        stepTheirs()
    }

    /// Takes the whole connected set of hunks that starts with the two next ones.
    private mutating func takeConflict() {
        let start = min(ours[oursNext].base.lowerBound, theirs[theirsNext].base.lowerBound)
        let oursStart = start + oursGrowth
        let theirsStart = start + theirsGrowth
        var end = start
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            while oursNext < ours.count, ours[oursNext].base.lowerBound <= end {
                end = max(end, ours[oursNext].base.upperBound)
                stepOurs()
                hasGrown = true
            }
            while theirsNext < theirs.count, theirs[theirsNext].base.lowerBound <= end {
                end = max(end, theirs[theirsNext].base.upperBound)
                stepTheirs()
                hasGrown = true
            }
        }
        chunks.append(
            MergeChunk(
                source: .conflict, base: start..<end, ours: oursStart..<end + oursGrowth,
                theirs: theirsStart..<end + theirsGrowth))
    }

    private mutating func stepOurs() {
        oursGrowth += ours[oursNext].side.count - ours[oursNext].base.count
        oursNext += 1
    }

    private mutating func stepTheirs() {
        theirsGrowth += theirs[theirsNext].side.count - theirs[theirsNext].base.count
        theirsNext += 1
    }
}

extension Range<Int> {
    /// The range so many lines further on.
    func shifted(by distance: Int) -> Range<Int> {
        lowerBound + distance..<upperBound + distance
    }
}
