extension OverlapReport {
    /// Something that was to be compared and could not be had.
    package struct MissingInput: Hashable, Sendable {
        /// As it was asked for.
        package let name: String
        /// Why, for people.
        package let reason: String

        /// An input without a tree.
        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// The report with inputs that are missing: every pair with one of them is undecided, and they come last.
    package func adding(_ missing: [MissingInput]) -> OverlapReport {
        guard !missing.isEmpty else { return self }
        let none = missing.map {
            Branch(name: $0.name, head: nil, files: 0, hunks: 0, insertions: 0, deletions: 0)
        }
        let open = missing.enumerated().flatMap { position, input in
            (0..<branches.count + position).map { other in
                Pair(
                    a: other, b: branches.count + position, regions: [], verdict: .undecided,
                    detail: "\(input.name) is missing: \(input.reason)")
            }
        }
        return OverlapReport(
            base: base, branches: branches + none, regions: regions, pairs: pairs + open,
            order: order + missing.indices.map { branches.count + $0 },
            // Undecided is not clean: only a first one needs nothing.
            resolutions: resolutions + missing.count - (branches.isEmpty ? 1 : 0),
            unavoidable: unavoidable, risks: risks)
    }
}
