/// Where the changes that several branches made to one file meet, in the base's coordinates.
///
/// O(H log H + K) for H hunks and K meeting pairs of hunks, and the comparison of their text.
package struct OverlapRegions: Sendable, Hashable {
    /// Ascending; where the branches' hunks are all the same one, a region has no conflict.
    package let regions: [TouchRegion]
    /// Every pair of branches with hunks that meet, ascending.
    package let pairs: [PairOverlap]

    /// The pairs whose merge stops in this file.
    package var conflictingPairs: [PairOverlap] { pairs.filter(\.hasConflict) }

    /// Compares all branches' changes of one file, made against one base.
    package init(_ branches: [SideChanges]) {
        let hunks = BranchHunk.sorted(branches)
        var regions: [TouchRegion] = []
        var pairs: [BranchPair: PairTally] = [:]
        for members in BranchHunk.connected(hunks) {
            let meetings = Meeting.all(among: members)
            if meetings.isEmpty { continue }
            var contacts = ContactTally()
            for (pair, meetings) in meetings {
                let judged = pair.judge(meetings, branches)
                pairs[pair, default: PairTally()].add(judged, region: regions.count)
                contacts.add(judged)
            }
            regions.append(OverlapRegions.region(members, contacts))
        }
        self.regions = regions
        self.pairs = pairs.sorted { $0.key < $1.key }.map { pair, tally in
            PairOverlap(
                a: pair.a, b: pair.b, hasConflict: tally.contacts.hasConflict,
                contact: tally.contacts.heaviest, regions: tally.regions)
        }
    }

    private static func region(_ members: ArraySlice<BranchHunk>, _ contacts: ContactTally)
        -> TouchRegion
    {
        let participants = members.map {
            TouchRegion.Participant(branch: $0.branch, base: $0.hunk.base, side: $0.hunk.side)
        }
        return TouchRegion(
            base: BranchHunk.extent(of: members),
            participants: participants.sorted {
                ($0.branch, $0.base.lowerBound) < ($1.branch, $1.base.lowerBound)
            },
            hasConflict: contacts.hasConflict, contact: contacts.heaviest)
    }
}

/// Hunks of two branches that meet; `a` is the lower branch's.
private struct Meeting {
    let a: Hunk
    let b: Hunk

    static func all(among members: ArraySlice<BranchHunk>) -> [BranchPair: [Meeting]] {
        var found: [BranchPair: [Meeting]] = [:]
        var open: [BranchHunk] = []
        for member in members {
            open.removeAll { $0.hunk.base.upperBound < member.hunk.base.lowerBound }
            for other in open where other.branch != member.branch {
                let (a, b) = other.branch < member.branch ? (other, member) : (member, other)
                found[BranchPair(a: a.branch, b: b.branch), default: []]
                    .append(Meeting(a: a.hunk, b: b.hunk))
            }
            open.append(member)
        }
        return found
    }
}

/// Two branches by index, the lower first.
private struct BranchPair: Hashable, Comparable {
    let a: Int
    let b: Int

    static func < (x: BranchPair, y: BranchPair) -> Bool { (x.a, x.b) < (y.a, y.b) }

    /// Each meeting's contact, and whether the merge stops at the cluster that it belongs to.
    func judge(_ meetings: [Meeting], _ branches: [SideChanges]) -> [ContactTally.Judged] {
        let ordered = meetings.sorted {
            ($0.a.base.lowerBound, $0.b.base.lowerBound)
                < ($1.a.base.lowerBound, $1.b.base.lowerBound)
        }
        var judged: [ContactTally.Judged] = []
        var start = 0
        for next in 1...ordered.count {
            // Meetings of one cluster share a hunk with the one before.
            if next < ordered.count,
                ordered[next].a == ordered[next - 1].a || ordered[next].b == ordered[next - 1].b
            {
                continue
            }
            judged += judge(cluster: ordered[start..<next], branches[a], branches[b])
            start = next
        }
        return judged
    }

    /// A cluster stops the merge unless both sides' text for it comes out the same.
    private func judge(
        cluster: ArraySlice<Meeting>, _ ours: SideChanges, _ theirs: SideChanges
    ) -> [ContactTally.Judged] {
        guard let first = cluster.first, let last = cluster.last else { return [] }
        let start = min(first.a.base.lowerBound, first.b.base.lowerBound)
        let end = max(last.a.base.upperBound, last.b.base.upperBound)
        let isConflict =
            ours.text(of: start..<end, from: first.a, through: last.a)
            != theirs.text(of: start..<end, from: first.b, through: last.b)
        return cluster.compactMap { meeting in
            let isIdentical = !isConflict && meeting.a.base == meeting.b.base
            let contact =
                isIdentical ? .identical : Contact(meeting.a.base, meeting.b.base)
            return contact.map { ContactTally.Judged(contact: $0, isConflict: isConflict) }
        }
    }
}

/// The heaviest contacts seen, those that conflict apart.
private struct ContactTally {
    struct Judged {
        let contact: Contact
        let isConflict: Bool
    }

    private var conflicting: Contact?
    private var harmless = Contact.identical

    var hasConflict: Bool { conflicting != nil }
    var heaviest: Contact { conflicting ?? harmless }

    mutating func add(_ judged: [Judged]) {
        for item in judged {
            if item.isConflict {
                conflicting = max(conflicting ?? item.contact, item.contact)
            } else {
                harmless = max(harmless, item.contact)
            }
        }
    }
}

/// What is known of two branches over all regions.
private struct PairTally {
    private(set) var contacts = ContactTally()
    private(set) var regions: [Int] = []

    mutating func add(_ judged: [ContactTally.Judged], region: Int) {
        contacts.add(judged)
        regions.append(region)
    }
}
