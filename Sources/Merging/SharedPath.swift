import Base
import Git

/// One path that several branches changed, compared once for all of them.
struct SharedPath {
    let path: RepositoryPath
    /// What the base holds there.
    let old: TreeItem?
    /// Branch index and what it holds there, ascending; nil for a deletion.
    let changes: [(branch: Int, new: TreeItem?)]
    /// Regions with indices of branches in the whole analysis.
    private(set) var regions: [OverlapReport.Region] = []
    /// Which pairs meet in a region, by its index in ``regions``.
    private(set) var meetings: [(pair: BranchPair, region: Int)] = []
    /// What the merge of the contents of two of the branches meets here; pairs not named are clean.
    private(set) var verdicts: [BranchPair: ContentVerdict] = [:]

    private typealias Held = (branch: Int, item: TreeItem)

    init(_ path: RepositoryPath, _ changes: [(branch: Int, change: TreeChange)]) {
        self.path = path
        old = changes.first?.change.old
        self.changes = changes.map { ($0.branch, $0.change.new) }
    }

    /// True when any two branches that are here may stop or have to be asked about, whatever their lines:
    /// all but changed contents of files that were there and are there.
    var isOdd: Bool {
        !(old?.mode.isRegular ?? false) || changes.contains { !($0.new?.mode.isRegular ?? false) }
    }

    /// True when lines of two branches have to be compared, so that attributes matter.
    var needsContent: Bool { Set(contents(of: held).map(\.item.id)).count > 1 }

    /// Compares what the branches hold.
    mutating func compare(
        in repository: isolated Repository, _ texts: inout TextCache, _ attribute: MergeAttribute
    ) throws(GitError) {
        let held = self.held
        addDeletions(held)
        addOdd(held)
        addModes(held)
        guard needsContent else { return }
        let contents = contents(of: held)
        switch attribute {
        case .text: try compareText(contents, in: repository, &texts)
        case .binary: addBinary(contents, among: contents)
        case .driver(let name):
            let pairs = differing(contents, contents)
            addWhole(.overlap, pairs)
            for pair in pairs {
                verdicts[pair] = .ask(.driver(name, path))
            }
        }
    }

    private var held: [Held] {
        changes.compactMap { entry in entry.new.map { (entry.branch, $0) } }
    }

    /// Branches whose content lines or bytes decide: regular files that differ from the base in more than their mode.
    private func contents(of held: [Held]) -> [Held] {
        guard old?.mode.isRegular ?? true else { return [] }
        return held.filter { $0.item.mode.isRegular && $0.item.id != old?.id }
    }

    private func differing(_ ones: [Held], _ others: [Held]) -> [BranchPair] {
        var pairs: Set<BranchPair> = []
        for one in ones {
            for other in others where one.branch != other.branch && one.item.id != other.item.id {
                pairs.insert(BranchPair(one.branch, other.branch))
            }
        }
        return pairs.sorted()
    }

    private mutating func addDeletions(_ held: [Held]) {
        let deleters = changes.filter { $0.new == nil }.map(\.branch)
        addWhole(
            .modifyDelete, deleters.flatMap { one in held.map { BranchPair(one, $0.branch) } })
    }

    /// Links, submodules and changes of type, which no lines decide.
    private mutating func addOdd(_ held: [Held]) {
        let isOddBase = !(old?.mode.isRegular ?? true)
        var pairs: [ConflictKind: [BranchPair]] = [:]
        for (index, one) in held.enumerated() {
            for other in held[(index + 1)...] where one.item != other.item {
                let modes = [one.item.mode, other.item.mode]
                if modes.allSatisfy(\.isRegular), !isOddBase { continue }
                let kind: ConflictKind =
                    modes == [.link, .link]
                    ? .symlink : modes == [.submodule, .submodule] ? .submodule : .type
                pairs[kind, default: []].append(BranchPair(one.branch, other.branch))
            }
        }
        for kind in [ConflictKind.symlink, .submodule, .type] { addWhole(kind, pairs[kind] ?? []) }
    }

    /// New files that only some made executable. The mode of an old file always merges.
    private mutating func addModes(_ held: [Held]) {
        guard old == nil else { return }
        let regular = held.filter { $0.item.mode.isRegular }
        addWhole(
            .mode,
            BranchPair.all(of: regular.indices).filter {
                regular[$0.a].item.mode != regular[$0.b].item.mode
            }.map { BranchPair(regular[$0.a].branch, regular[$0.b].branch) })
    }

    private mutating func compareText(
        _ contents: [Held], in repository: isolated Repository, _ texts: inout TextCache
    ) throws(GitError) {
        let base = try texts.table(old?.id, in: repository)
        var sides: [SideChanges] = []
        var (lined, binary, vast): ([Held], [Held], [Held]) = ([], [], [])
        for held in contents {
            let side = try texts.changes(from: old?.id, to: held.item.id, in: repository)
            if base.isBinary || side.side.isBinary {
                binary.append(held)
            } else if !side.isExact {
                vast.append(held)
            } else {
                lined.append(held)
                sides.append(side)
            }
        }
        // git looks at the three texts of one merge only: a binary branch spoils no pair of others.
        addBinary(binary, among: contents)
        let unknown = differing(vast, vast + lined)
        addWhole(.overlap, unknown)
        for pair in unknown { verdicts[pair] = .ask(.size(path)) }
        let found = OverlapRegions(sides)
        let first = regions.count
        for region in found.regions {
            regions.append(
                OverlapReport.Region(
                    path: path, kind: kind(of: region.contact), region, sides,
                    branches: lined.map(\.branch)))
        }
        for pair in found.pairs {
            let branches = BranchPair(lined[pair.a].branch, lined[pair.b].branch)
            meetings += pair.regions.map { (branches, first + $0) }
            if pair.hasConflict { verdicts[branches] = .conflict(kind(of: pair.contact)) }
        }
    }

    private func kind(of contact: Contact) -> ConflictKind {
        old == nil ? .addAdd : ConflictKind(rawValue: contact.kind) ?? .overlap
    }

    private mutating func addBinary(_ binary: [Held], among contents: [Held]) {
        let pairs = differing(binary, contents)
        addWhole(.binary, pairs)
        for pair in pairs { verdicts[pair] = .conflict(.binary) }
    }

    /// A region that is the whole file, since lines do not decide.
    private mutating func addWhole(_ kind: ConflictKind, _ pairs: [BranchPair]) {
        guard !pairs.isEmpty else { return }
        meetings += pairs.map { ($0, regions.count) }
        regions.append(.whole(path, kind, branches: Set(pairs.flatMap { [$0.a, $0.b] }).sorted()))
    }
}

extension OverlapReport.Region {
    /// A whole file, or a path that is there on one side only.
    static func whole(_ path: RepositoryPath, _ kind: ConflictKind, branches: [Int]) -> Self {
        Self(
            path: path, kind: kind, base: 1..<1, isWhole: true, symbol: nil, isConflict: true,
            sides: branches.map { OverlapReport.Side(branch: $0, range: 1..<1, lines: []) })
    }

    /// Lines of one file.
    init(
        path: RepositoryPath, kind: ConflictKind, _ region: TouchRegion,
        _ sides: [SideChanges], branches: [Int]
    ) {
        self.init(
            path: path, kind: kind, base: region.base.lowerBound + 1..<region.base.upperBound + 1,
            isWhole: false, symbol: nil,
            isConflict: region.hasConflict,
            sides: region.participants.map { participant in
                let lines = participant.side
                return OverlapReport.Side(
                    branch: branches[participant.branch],
                    range: lines.lowerBound + 1..<lines.upperBound + 1,
                    lines: sides[participant.branch].side.text(of: lines))
            })
    }
}
