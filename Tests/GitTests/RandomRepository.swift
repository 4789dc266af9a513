import Base
import Glibc
import TestSupport
import Testing

@testable import Git

/// A repository with some of everything, and a worker that does anything, both fixed by a seed.
struct RandomRepository {
    private var random: SeededRandom
    private(set) var steps: [String] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private static let names = [
        "a", "b", "c.txt", "d.txt", "e.bin", "sub/f", "sub/g.txt", "sub/deep/h", "x y", "n\nl",
        "-k",
        "ü", "lib/i", "lib/j.txt", "\"q\"", "z.o",
    ]

    private static let attributes = [
        "* text=auto", "*.txt text eol=crlf", "*.txt ident", "*.bin -text", "*.txt text",
        "*.bin binary",
        "sub/** eol=lf", "*.txt filter=swap",
    ]

    private static let settings: [[String]] = [
        ["core.autocrlf", "true"], ["core.autocrlf", "input"], ["core.fileMode", "false"],
        ["core.splitIndex", "true"], ["index.version", "4"], ["core.sharedRepository", "group"],
        ["extensions.worktreeConfig", "true"], ["core.untrackedCache", "true"],
        ["core.eol", "crlf"],
        ["core.symlinks", "false"], ["core.checkStat", "minimal"],
    ]

    private mutating func pick<T>(_ all: [T], _ share: Double) -> [T] {
        all.filter { _ in Double.random(in: 0..<1, using: &random) < share }
    }

    private mutating func chance(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < share
    }

    private mutating func text() -> String {
        let end = chance(0.3) ? "\r\n" : "\n"
        let words = ["one", "two", "$Id$", "x", "three \u{e4}", ""]
        let lines = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            words.randomElement(using: &random) ?? ""
        }
        return lines.map { $0 + end }.joined() + (chance(0.1) ? "\u{0}" : "")
            + (chance(0.2) ? "end" : "")
    }

    /// Files, attributes and two commits; settings afterwards, as a user comes to them.
    mutating func build(_ scratch: borrowing ScratchRepository) throws {
        for key in ["smudge", "clean"] {
            let sets = key == "smudge" ? "tr ab ba" : "tr ba ab"
            try scratch.git("config", "filter.swap.\(key)", sets)
        }
        for name in pick(Self.names, 0.7) { try scratch.write(name, text()) }
        for name in pick(Self.names, 0.2)
        where Files.kind(of: scratch.path.appending(name)) == .file {
            chmod(scratch.path.appending(name).description, 0o755)
        }
        if chance(0.5) { symlink("sub/f", scratch.path.appending("link").description) }
        try scratch.write(
            ".gitignore", pick(["*.o", "/lib/i", "!keep.o", "out/"], 0.5).joined(separator: "\n"))
        try scratch.commit("first")
        let chosen = pick(Self.attributes, 0.25)
        try scratch.write(".gitattributes", chosen.joined(separator: "\n") + "\n")
        // A text file that is stored with CR is changed for git whenever it happens to read it. Whether the commit
        // alone would store it anew depends on the second in which it is made.
        try scratch.git("add", "--renormalize", ".")
        _ = chance(0.5)  // Keeps what a seed stands for.
        try scratch.commit("second")
        for setting in pick(Self.settings, 0.15) {
            try scratch.git("config", setting[0], setting[1])
            steps.append(setting.joined(separator: "="))
        }
        steps += chosen
        if chance(0.2) { try scratch.git("gc", "-q") }
        if chance(0.2) {
            let words = chance(0.5) ? ["--cone", "sub"] : ["--no-cone", "/*", "!/lib/"]
            try scratch.git(["sparse-checkout", "set"] + words, in: scratch.path)
            steps.append("sparse \(words)")
        }
    }

    /// Some things that a worker does in a tree; what git refuses has no effect.
    mutating func work(_ scratch: borrowing ScratchRepository, in folder: AbsolutePath) throws {
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let name = Self.names.randomElement(using: &random) ?? "a"
            let other = Self.names.randomElement(using: &random) ?? "b"
            let (path, target) = (folder.appending(name), folder.appending(other))
            let step = Int.random(in: 0..<14, using: &random)
            steps.append("\(step) \(name) \(other)")
            switch step {
            case 0, 1, 2:
                try? Files.makeFolder(path.parent)
                try? Files.replace(path, with: text().utf8)
            case 3: unlink(path.description)
            case 4: chmod(path.description, 0o755)
            case 5: chmod(path.description, 0o644)
            case 6: try? Files.rename(path, to: target)
            case 7:
                unlink(path.description)
                symlink("c.txt", path.description)
            case 8:
                unlink(path.description)
                try? Files.makeFolder(path)
                try? Files.replace(path.appending("inside"), with: text().utf8)
            case 9:
                // A link that leads out is never followed.
                if Files.kind(of: folder.appending("sub")) == .folder, chance(0.3) {
                    try Files.removeTree(folder.appending("sub"))
                    symlink("/etc", folder.appending("sub").description)
                }
            case 10: _ = try scratch.git(["add", "--", name], in: folder, allowingFailure: true)
            case 11:
                _ = try scratch.git(["rm", "-qf", "--", name], in: folder, allowingFailure: true)
            case 12:
                _ = try scratch.git(
                    ["commit", "-qam", "worker"], in: folder, allowingFailure: true)
            default:
                try? Files.makeFolder(folder.appending("out"))
                try? Files.replace(folder.appending("out/made"), with: text().utf8)
            }
        }
    }
}
