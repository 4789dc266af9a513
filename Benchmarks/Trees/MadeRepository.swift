import Base
import TestSupport

/// A repository for measuring: folders, names, sizes and contents as a seed says, in one pack.
struct MadeRepository {
    let path: AbsolutePath
    /// Whole ID of the commit that trees are made at.
    let base: String
    let environment: [String: String]
    /// Tracked files of the base, as paths.
    let files: [String]

    /// Makes it below a folder, which must exist.
    init(in folder: AbsolutePath, _ options: TreesOptions) throws {
        path = folder.appending("repository")
        environment = Shell.environment(home: folder)
        if let source = options.repository {
            try MadeRepository.run(
                ["git", "clone", "-q", "--no-local", source.description, path.description],
                in: folder, environment)
        } else {
            try Files.makeFolder(path)
            try MadeRepository.run(["git", "init", "-q", "-b", "main", "."], in: path, environment)
            let stream = MadeRepository.stream(files: options.files, seed: options.seed)
            try MadeRepository.run(
                ["git", "fast-import", "--quiet"], in: path, environment, input: stream)
            // Deltas as a repository has them after its last `git gc`.
            try MadeRepository.run(
                ["git", "repack", "-a", "-d", "-f", "-q"], in: path, environment)
            try MadeRepository.run(["git", "reset", "-q", "--hard"], in: path, environment)
        }
        base = try MadeRepository.run(["git", "rev-parse", "HEAD"], in: path, environment)
        files = try MadeRepository.run(["git", "ls-files", "-z"], in: path, environment)
            .split(separator: "\0").map(String.init)
    }

    /// Runs a program; a failure throws.
    @discardableResult
    static func run(
        _ words: [String], in folder: AbsolutePath, _ environment: [String: String],
        input: [UInt8] = []
    ) throws -> String {
        let result = try Shell.run(words, in: folder, environment: environment, input: input)
        guard result.status == 0 else {
            throw BenchmarkFailure("\(words.prefix(4)) ended \(result.status): \(result.text)")
        }
        return result.line
    }

    /// What `git fast-import` reads: one commit, the files in about one folder for each ten.
    private static func stream(files: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        var folders = ["src"]
        let words = [
            "let", "value", "return", "func", "guard", "else", "path", "index", "result", "for",
            "in", "count", "name", "entries", "throw", "error", "self", "if", "==", "{", "}",
        ]
        var stream: [UInt8] = Array(
            "commit refs/heads/main\ncommitter Ada <ada@example.com> 1 +0000\ndata 5\nstart\n".utf8)
        for number in 0..<files {
            if number % 10 == 0, let parent = folders.randomElement(using: &random) {
                let depth = parent.split(separator: "/").count
                folders.append((depth < 6 ? parent : "src") + "/part\(number / 10)")
            }
            let folder = folders.suffix(40).randomElement(using: &random) ?? "src"
            var text = ""
            let size = size(using: &random)
            while text.utf8.count < size {
                text += words.randomElement(using: &random) ?? ""
                text += Int.random(in: 0..<8, using: &random) == 0 ? "\n" : " "
                if Int.random(in: 0..<6, using: &random) == 0 {
                    text += String(random.next() & 0xffff, radix: 16)
                }
            }
            let mode = Int.random(in: 0..<50, using: &random) == 0 ? "100755" : "100644"
            stream += Array(
                "M \(mode) inline \(folder)/file\(number).txt\ndata \(text.utf8.count)\n".utf8)
            stream += Array(text.utf8)
            stream.append(10)
        }
        return stream
    }

    /// Sizes as source trees have them: half below 2 kB, a tenth above 12 kB, a few of 100 kB.
    private static func size(using random: inout SeededRandom) -> Int {
        switch Int.random(in: 0..<1000, using: &random) {
        case ..<500: Int.random(in: 0..<2_000, using: &random)
        case ..<900: Int.random(in: 2_000..<12_000, using: &random)
        case ..<995: Int.random(in: 12_000..<40_000, using: &random)
        default: Int.random(in: 40_000..<200_000, using: &random)
        }
    }
}
