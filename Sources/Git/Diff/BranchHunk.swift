/// One hunk of one of the branches.
struct BranchHunk {
    let branch: Int
    let hunk: Hunk

    /// All branches' hunks by base line.
    static func sorted(_ branches: [SideChanges]) -> [BranchHunk] {
        branches.enumerated()
            .flatMap { branch, changes in
                changes.hunks.map { BranchHunk(branch: branch, hunk: $0) }
            }
            .sorted {
                ($0.hunk.base.lowerBound, $0.hunk.base.upperBound, $0.branch)
                    < ($1.hunk.base.lowerBound, $1.hunk.base.upperBound, $1.branch)
            }
    }

    /// Runs of hunks that are connected through closed base ranges that meet.
    static func connected(_ hunks: [BranchHunk]) -> [ArraySlice<BranchHunk>] {
        var runs: [ArraySlice<BranchHunk>] = []
        var start = 0
        var reach = 0
        for (index, member) in hunks.enumerated() {
            if index > start, member.hunk.base.lowerBound > reach {
                runs.append(hunks[start..<index])
                start = index
            }
            reach =
                index == start
                ? member.hunk.base.upperBound : max(reach, member.hunk.base.upperBound)
        }
        if start < hunks.count { runs.append(hunks[start...]) }
        return runs
    }

    /// From the first to the last line of the base that the hunks change.
    static func extent(of members: ArraySlice<BranchHunk>) -> Range<Int> {
        let start = members.first?.hunk.base.lowerBound ?? 0
        return start..<members.reduce(start) { max($0, $1.hunk.base.upperBound) }
    }
}
