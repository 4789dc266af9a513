/// The known name that a mistyped one was probably meant to be.
package enum NearestName {
    /// The nearest by edits (a neighbouring pair exchanged is one); nil when none is close: within
    /// a third of the longer length, so that names of one or two letters have no neighbours.
    package static func find(_ name: String, in known: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(Array(name.utf8), Array(candidate.utf8))
            let limit = max(name.utf8.count, candidate.utf8.count) / 3
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var before: [Int] = []
        var row = Array(0...b.count)
        for i in 1...a.count {
            var next = [i]
            for j in 1...b.count {
                var cost = min(row[j] + 1, next[j - 1] + 1)
                cost = min(cost, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, before[j - 2] + 1)
                }
                next.append(cost)
            }
            before = row
            row = next
        }
        return row[b.count]
    }
}
