/// Three-way merge of one file's lines, byte for byte what git's merge (ort) writes.
package enum LineMerge {
    /// How a conflict is written (`merge.conflictStyle`).
    package enum Style: String, Sendable, CaseIterable {
        /// Both sides, cut down to where they differ.
        case merge
        /// Both sides whole, and the base between them.
        case diff3
        /// As `diff3`, without the lines that both sides start or end with.
        case zdiff3
    }

    /// What becomes of a conflict.
    package enum Favor: Sendable {
        case markers
        /// Both sides' lines, ours first (`merge=union`).
        case union
        case ours
        case theirs
    }

    /// Names after the markers; nil leaves the marker bare.
    package struct Labels: Sendable {
        /// After `|||||||`, which only the `diff3` styles write.
        package var base: String?
        /// After `<<<<<<<`.
        package var ours: String?
        /// After `>>>>>>>`.
        package var theirs: String?

        /// Takes texts without newlines.
        package init(base: String? = nil, ours: String? = nil, theirs: String? = nil) {
            self.base = base
            self.ours = ours
            self.theirs = theirs
        }
    }

    /// How to merge; the defaults are git's.
    package struct Options: Sendable {
        /// What stands behind the markers.
        package var labels = Labels()
        /// How a conflict is written, where one is left.
        package var style = Style.merge
        /// With anything but `markers` no conflict is left.
        package var favor = Favor.markers
        /// Length of a marker; 0 or less means git's 7.
        package var markerSize = 7

        /// Without arguments, what git does without configuration and attributes.
        package init(
            labels: Labels = Labels(), style: Style = .merge, favor: Favor = .markers,
            markerSize: Int = 7
        ) {
            self.labels = labels
            self.style = style
            self.favor = favor
            self.markerSize = markerSize
        }
    }

    /// Merges text; the caller has ruled out binary files (`LineTable.isBinary`).
    ///
    /// For a file that both sides added, the base is empty. With the `diff3` styles, as in git,
    /// two touching groups of changes conflict even where both sides' text comes out the same.
    package static func merge(
        base: LineTable, ours: LineTable, theirs: LineTable, options: Options = Options()
    ) -> LineMergeResult {
        var interner = LineInterner(expecting: base.count + ours.count + theirs.count)
        let baseIDs = interner.ids(of: base)
        let oursIDs = interner.ids(of: ours, like: base, baseIDs)
        let theirsIDs = interner.ids(of: theirs, like: base, baseIDs)
        var diff = SequenceDiff(distinct: interner.count)
        let oursHunks = diff.hunks(base: baseIDs, side: oursIDs)
        if oursHunks.isEmpty { return LineMergeResult(bytes: theirs.bytes) }
        let theirsHunks = diff.hunks(base: baseIDs, side: theirsIDs)
        if theirsHunks.isEmpty { return LineMergeResult(bytes: ours.bytes) }
        var chunks = ChunkBuilder.chunks(ours: oursHunks, theirs: theirsHunks) {
            oursIDs[$0] == theirsIDs[$1]
        }
        var refinement = ConflictRefinement(ours: oursIDs, theirs: theirsIDs, diff: diff)
        switch options.style {
        case .merge: chunks = refinement.refine(chunks)
        case .diff3: break
        case .zdiff3: chunks = refinement.trim(chunks)
        }
        var writer = MergeWriter(base: base, ours: ours, theirs: theirs, options: options)
        writer.write(chunks)
        return writer.result
    }
}

/// The merged file and the conflicts left in it.
package struct LineMergeResult: Sendable, Hashable {
    /// The merged file, with markers where conflicts are left.
    package var bytes: [UInt8]
    /// In order; empty when the merge is clean.
    package var conflicts: [ConflictBlock]

    /// No conflicts: the bytes are the clean result.
    package init(bytes: [UInt8], conflicts: [ConflictBlock] = []) {
        self.bytes = bytes
        self.conflicts = conflicts
    }

    /// No conflict is left, so the bytes hold no marker of ours.
    package var isClean: Bool { conflicts.isEmpty }
}

/// One conflict between markers. Line ranges are 0-based and half-open.
package struct ConflictBlock: Sendable, Hashable {
    /// The base lines of all the hunks that made the conflict; may be wider than what the
    /// `merge` style shows of the sides.
    package var base: Range<Int>
    /// The block's lines in our file.
    package var ours: Range<Int>
    /// The block's lines in their file.
    package var theirs: Range<Int>
    /// The block in the merged file, both outer markers included.
    package var output: Range<Int>

    /// Takes ranges as they are.
    package init(base: Range<Int>, ours: Range<Int>, theirs: Range<Int>, output: Range<Int>) {
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.output = output
    }
}
