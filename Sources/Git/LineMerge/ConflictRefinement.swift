/// Cuts conflicts down to what the sides really disagree about, as git's merge does.
///
/// Lines are compared by interned ids that are common to both sides.
struct ConflictRefinement {
    let ours: [Int32]
    let theirs: [Int32]
    var diff: SequenceDiff

    /// For conflicts shown without their base: the sides are diffed against each other, and
    /// conflicts with at most three lines between them are joined again.
    mutating func refine(_ chunks: [MergeChunk]) -> [MergeChunk] {
        var refined: [MergeChunk] = []
        for chunk in chunks {
            for part in parts(of: chunk) {
                guard let last = refined.last, last.source == .conflict, part.source == .conflict,
                    part.ours.lowerBound - last.ours.upperBound <= 3
                else {
                    refined.append(part)
                    continue
                }
                refined[refined.count - 1] = joined(last, part)
            }
        }
        return refined
    }

    private mutating func parts(of chunk: MergeChunk) -> [MergeChunk] {
        guard chunk.source == .conflict, !chunk.ours.isEmpty, !chunk.theirs.isEmpty else {
            return [chunk]
        }
        let hunks = diff.hunks(base: Array(ours[chunk.ours]), side: Array(theirs[chunk.theirs]))
        if hunks.isEmpty {
            var agreed = chunk
            agreed.source = .both
            return [agreed]
        }
        return hunks.map {
            MergeChunk(
                source: .conflict, base: chunk.base,
                ours: $0.base.shifted(by: chunk.ours.lowerBound),
                theirs: $0.side.shifted(by: chunk.theirs.lowerBound))
        }
    }

    private func joined(_ first: MergeChunk, _ second: MergeChunk) -> MergeChunk {
        MergeChunk(
            source: .conflict,
            base: first.base.lowerBound..<max(first.base.upperBound, second.base.upperBound),
            ours: first.ours.lowerBound..<second.ours.upperBound,
            theirs: first.theirs.lowerBound..<second.theirs.upperBound)
    }

    /// For zdiff3, which shows the whole base: only equal lines at a conflict's start and end
    /// leave it.
    func trim(_ chunks: [MergeChunk]) -> [MergeChunk] {
        chunks.map { chunk in
            guard chunk.source == .conflict else { return chunk }
            var cut = chunk
            while let our = cut.ours.first, let their = cut.theirs.first,
                ours[our] == theirs[their]
            {
                cut.ours.removeFirst()
                cut.theirs.removeFirst()
            }
            while let our = cut.ours.last, let their = cut.theirs.last,
                ours[our] == theirs[their]
            {
                cut.ours.removeLast()
                cut.theirs.removeLast()
            }
            return cut
        }
    }
}
