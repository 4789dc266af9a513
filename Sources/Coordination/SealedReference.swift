import Base
import Git
import Tasks

/// What a ref of the run led to when the work on it was collected. Looking at it blocks for one small file.
struct SealedReference: Sendable {
    private let name: String
    /// Content of its file; nil when there is none, or a link.
    private let content: [UInt8]?

    init(_ name: String, in common: AbsolutePath) {
        self.name = name
        content = SealedReference.content(of: name, in: common)
    }

    /// Whether it leads elsewhere by now. That git packs refs changes no ref.
    func isBroken(in common: AbsolutePath) -> Bool {
        let now = SealedReference.content(of: name, in: common)
        guard now != content else { return false }
        guard now == nil, let content else { return true }
        let line = String(decoding: content, as: UTF8.self).prefix(40) + " " + name + "\n"
        // A file that is missing or cannot be read holds no ref.
        let packed = (try? Files.read(common.appending("packed-refs"))) ?? []
        return !String(decoding: packed, as: UTF8.self).contains(line)
    }

    private static func content(of name: String, in common: AbsolutePath) -> [UInt8]? {
        let file = common.appending(name)
        guard Files.kind(of: file) == .file else { return nil }
        return try? Files.read(file, limit: 4096)  // As one that is not there.
    }
}

extension Coordinator {
    /// Keeps what was collected of branches that somebody moved since, and tells of it.
    func keepMovedBranches() async throws {
        for (id, outcome) in outcomes.sorted(by: { $0.key < $1.key }) where outcome.isChanged {
            let tip = try await repository.target(of: outcome.branch)
            if let tip, try await repository.isAncestor(outcome.head, of: tip) { continue }
            let ref = try await trees.save(outcome.head, as: id.description)
            await trees.warn(
                .branch,
                "the branch \(Coordinator.short(outcome.branch)) was moved by somebody else and no "
                    + "longer leads to the work of \(id), which is merged as it was and kept under "
                    + ref, task: id)
        }
    }
}
