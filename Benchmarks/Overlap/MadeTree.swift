import TestSupport

/// Makes the seeded repository that benchmarks measure on, as streams for `git fast-import`.
enum MadeTree {
    /// As many as symfony had when the aims were set, in about as many folders.
    private static let fileCount = 13_139
    private static let folderCount = 2_554

    struct File {
        let path: String
        let id: String
    }

    /// The commit `main`.
    static func baseStream(seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        var out = "commit refs/heads/main\ncommitter A <a@b> 0 +0000\ndata 0\n"
        for number in 0..<fileCount {
            let folder = number % folderCount
            let path = "src/part\(folder % 50)/module\(folder)/file\(number).txt"
            let count = Int.random(in: 20...300, using: &random)
            var text = ""
            for line in 0..<count {
                // Every fourth line is a common one, as braces and blank lines are in source.
                text += line % 4 == 3 ? "}\n" : "    value \(number) line \(line) of \(count);\n"
            }
            out += "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n"
        }
        return Array(out.utf8)
    }

    /// Regular files of `git ls-tree -z`, listed as mode, object and path.
    static func files(_ listing: String) -> [File] {
        listing.split(separator: "\0").compactMap { entry in
            let words = entry.split(separator: " ", maxSplits: 2)
            guard words.count == 3, words[0] == "100644", !words[2].contains("\"") else {
                return nil
            }
            return File(path: String(words[2]), id: String(words[1]))
        }
    }

    /// The branches `bench/N`, each a commit on the base.
    static func branchStream(
        of files: [File], base: String, count: Int, kind: BranchesRepository.Kind, seed: UInt64,
        read: ([String]) throws -> [UInt8]
    ) throws -> [UInt8] {
        var random = SeededRandom(seed: seed &+ 1)
        let hot = (0..<40).map { _ in Int.random(in: 0..<files.count, using: &random) }
        let plans = (0..<count).map { branch -> [Int] in
            let size = Int.random(in: 4...25, using: &random)
            let chosen = (0..<size).map { place -> Int in
                switch kind {
                case .meeting where Int.random(in: 0..<5, using: &random) == 0:
                    hot[Int.random(in: 0..<hot.count, using: &random)]
                case .meeting: Int.random(in: 0..<files.count, using: &random)
                case .apart: (branch + place * count) % files.count
                }
            }
            return Array(Set(chosen)).sorted()
        }
        let wanted = Array(Set(plans.joined())).sorted()
        let texts = contents(try read(wanted.map { files[$0].id }))
        guard texts.count == wanted.count else {
            throw BenchmarkFailure("git did not give all files")
        }
        let text = Dictionary(uniqueKeysWithValues: zip(wanted, texts))
        var out: [UInt8] = []
        for (branch, plan) in plans.enumerated() {
            out += "commit refs/heads/bench/\(branch)\ncommitter A <a@b> 0 +0000\ndata 0\n".utf8
            out += "from \(base)\n".utf8
            for file in plan {
                let bytes = edited(text[file] ?? [], "branch \(branch)", &random)
                out += "M 100644 inline \(files[file].path)\ndata \(bytes.count)\n".utf8
                out += bytes + [10]
            }
        }
        return out
    }

    /// One to three lines changed or added.
    private static func edited(
        _ bytes: [UInt8], _ word: String, _ random: inout SeededRandom
    ) -> [UInt8] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        for number in 0..<Int.random(in: 1...3, using: &random) {
            let line = Array("\(word) edit \(number)".utf8)
            let place = Int.random(in: 0..<lines.count, using: &random)
            if Bool.random(using: &random) {
                lines[place] = line
            } else {
                lines.insert(line, at: place)
            }
        }
        return Array(lines.joined(separator: [10]))
    }

    /// The objects of `git cat-file --batch`, in order.
    private static func contents(_ output: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var at = 0
        while at < output.count, let end = output[at...].firstIndex(of: 10) {
            let words = String(decoding: output[at..<end], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let size = Int(words[2]) else { break }
            found.append(Array(output[(end + 1)..<(end + 1 + size)]))
            at = end + size + 2
        }
        return found
    }
}
