import TestSupport

/// Files of a tree by path, as `git fast-import` takes them.
struct RandomTree: Equatable {
    struct File: Equatable {
        var mode = "100644"
        var lines: [String] = []
        var endsInNewline = true

        var bytes: [UInt8] {
            let text = lines.joined(separator: "\n")
            return Array((text.isEmpty || !endsInNewline ? text : text + "\n").utf8)
        }
    }

    var files: [String: File] = [:]

    /// Puts a file, which takes the place of what stood at its path, above and below.
    mutating func put(_ path: String, _ file: File) {
        files = files.filter {
            !$0.key.hasPrefix(path + "/") && !path.hasPrefix($0.key + "/")
        }
        files[path] = file
    }
}

/// A base and branches, drawn from small sets of names and lines so that they meet often.
struct RandomHistory {
    let base: RandomTree
    let branches: [RandomTree]

    /// How much happens besides changes of lines.
    enum Kind: CaseIterable {
        /// Lines only.
        case lines
        /// Additions of files too, and deletions on few branches.
        case files
        /// Everything.
        case wild
    }

    init(base: RandomTree, branches: [RandomTree]) {
        self.base = base
        self.branches = branches
    }

    init(seed: UInt64) {
        var maker = Maker(seed: seed)
        let base = maker.base()
        self.base = base
        branches = (0..<Int.random(in: 2...5, using: &maker.random)).map { _ in
            maker.branch(of: base)
        }
    }

    private struct Maker {
        var random: SeededRandom
        let kind: Kind
        /// How often a line is any line again.
        let alphabet: Int
        /// Edits that several branches take, so that some are the same.
        var hot: [Int] = []

        init(seed: UInt64) {
            random = SeededRandom(seed: seed)
            kind = Kind.allCases[Int(seed % 3)]
            alphabet = [6, 30, 1000][Int.random(in: 0..<3, using: &random)]
            hot = (0..<3).map { _ in Int.random(in: 0..<20, using: &random) }
        }

        mutating func pick<T>(_ items: [T]) -> T {
            items[Int.random(in: 0..<items.count, using: &random)]
        }

        mutating func chance(_ probability: Double) -> Bool {
            Double.random(in: 0..<1, using: &random) < probability
        }

        mutating func path() -> String {
            pick([
                "a", "b", "src/a", "src/b", "src/c", "src/sub/x", "src/sub/y", "lib/a", "lib/x",
                "docs", "docs/a", "src", "lib", "new/a", "new/deep/z", "src-x", "src.c",
            ])
        }

        mutating func line() -> String { "line \(Int.random(in: 0..<alphabet, using: &random))" }

        mutating func file() -> RandomTree.File {
            var file = RandomTree.File()
            let count = chance(0.1) ? 0 : Int.random(in: 1...24, using: &random)
            file.lines = (0..<count).map { _ in line() }
            if chance(0.1) { file.endsInNewline = false }
            if chance(0.05) { file.lines = file.lines.map { $0 + "\r" } }
            if chance(0.05) { file.lines.append("\0binary") }
            if chance(0.1) { file.mode = "100755" }
            if kind == .wild, chance(0.08) {
                file = RandomTree.File(
                    mode: "120000", lines: [pick(["a", "b", "src/a"])], endsInNewline: false)
            }
            return file
        }

        mutating func base() -> RandomTree {
            var tree = RandomTree()
            for _ in 0..<Int.random(in: 1...8, using: &random) { tree.put(path(), file()) }
            return tree
        }

        mutating func branch(of base: RandomTree) -> RandomTree {
            var tree = base
            let deletes = kind == .wild || chance(0.2)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let names = tree.files.keys.sorted()
                switch Int.random(in: 0..<100, using: &random) {
                case _ where names.isEmpty: tree.put(path(), file())
                case 0..<55: edit(pick(names), &tree)
                case _ where kind == .lines: edit(pick(names), &tree)
                case 55..<65: tree.put(path(), file())
                case 65..<70: toggleMode(pick(names), &tree)
                case _ where !deletes: edit(pick(names), &tree)
                case 70..<78: tree.files[pick(names)] = nil
                case 78..<88: rename(pick(names), &tree)
                case 88..<93: moveFolder(&tree)
                case 93..<95: moveLines(pick(names), &tree)
                default: tree.files[pick(names)] = file()
                }
            }
            return tree
        }

        private mutating func edit(_ path: String, _ tree: inout RandomTree) {
            guard var file = tree.files[path], file.mode != "120000" else { return }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at =
                    chance(0.4) ? pick(hot) : Int.random(in: 0...file.lines.count, using: &random)
                let place = min(at, file.lines.count)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4 where place < file.lines.count: file.lines[place] = line()
                case 4..<6: file.lines.remove(at: place, unlessEnd: true)
                case 6..<7: file.lines.append(line())
                case 7..<8: file.lines.insert("same", at: place)
                default: file.lines.insert(line(), at: place)
                }
            }
            if chance(0.05) { file.endsInNewline.toggle() }
            if chance(0.03) { file.lines = file.lines.map { $0 + "\r" } }
            if chance(0.03) { file.lines.insert("\0binary", at: 0) }
            if chance(0.03) { file.lines = [] }
            tree.files[path] = file
        }

        /// Takes a run of lines to another place of the file, or doubles it there.
        private mutating func moveLines(_ path: String, _ tree: inout RandomTree) {
            guard var file = tree.files[path], file.mode != "120000", file.lines.count > 3 else {
                return
            }
            let start = Int.random(in: 0..<file.lines.count - 2, using: &random)
            let end = Int.random(in: start + 1..<file.lines.count, using: &random)
            let run = Array(file.lines[start..<end])
            if chance(0.5) { file.lines.removeSubrange(start..<end) }
            file.lines.insert(
                contentsOf: run, at: Int.random(in: 0...file.lines.count, using: &random))
            tree.files[path] = file
        }

        private mutating func toggleMode(_ path: String, _ tree: inout RandomTree) {
            guard let mode = tree.files[path]?.mode, mode != "120000" else { return }
            tree.files[path]?.mode = mode == "100644" ? "100755" : "100644"
            if chance(0.5) { edit(path, &tree) }
        }

        private mutating func rename(_ from: String, _ tree: inout RandomTree) {
            guard let file = tree.files.removeValue(forKey: from) else { return }
            let to = path()
            tree.put(to, file)
            if chance(0.4) { edit(to, &tree) }
        }

        private mutating func moveFolder(_ tree: inout RandomTree) {
            let from = pick(["src/", "src/sub/", "lib/"])
            let to = pick(["moved/", "lib/", "src/sub/", "new/"])
            for name in tree.files.keys.sorted() where name.hasPrefix(from) {
                guard let file = tree.files.removeValue(forKey: name) else { continue }
                tree.put(to + name.dropFirst(from.count), file)
            }
        }
    }
}

extension [String] {
    fileprivate mutating func remove(at place: Int, unlessEnd: Bool) {
        if place < count { remove(at: place) }
    }
}
