import Base
import Processes

/// Where names are defined, as universal-ctags finds it.
///
/// The program sees copies under numbers in a folder of ours, no configuration (`--options=NONE`) and no name from
/// the repository, so nothing that a branch holds chooses what runs.
package struct TagProgram: Sendable {
    private let environment: [String: String]

    /// A program by the name of `ctags` on the PATH of these variables; one that is missing or another kind finds
    /// nothing.
    package init(environment: [String: String]) {
        self.environment = Environment.forGit(environment).filter { $0.key != "CTAGS" }
    }

    /// One definition.
    struct Tag: Hashable, Sendable {
        /// Index of the text.
        let text: Int
        /// 0-based.
        let line: Int
        let name: String
    }

    /// How long the program may take for all files.
    static let timeout = Duration.seconds(5)

    /// Definitions of functions and types in texts, each with the ending of its file's name (`py`); none when the
    /// program is missing, fails or is late.
    func definitions(in texts: [(ending: String, bytes: [UInt8])]) async throws -> [Tag] {
        guard !texts.isEmpty else { return [] }
        let files = TagFiles()
        let (folder, names) = try await files.make(texts)
        do {
            let tags = try await definitions(in: folder.path, names)
            await files.remove(folder)
            return tags
        } catch {
            await files.remove(folder)
            throw error
        }
    }

    private func definitions(in folder: AbsolutePath, _ names: [String]) async throws -> [Tag] {
        var command = Command(
            [
                "ctags", "--options=NONE", "--links=no", "--sort=no", "-x",
                "--_xformat=%n %K %F %N", "-L", "-",
            ], in: folder, environment: environment,
            input: Array(names.joined(separator: "\n").utf8))
        command.timeout = Self.timeout
        command.teardown = .immediate
        // A program that is not there is as good as one that finds nothing.
        guard let output = try? await ProgramRun.run(command), output.ending.isSuccess else {
            try Task.checkCancellation()
            return []
        }
        return output.text.split(separator: "\n").compactMap(Self.tag)
    }

    private static func tag(_ line: Substring) -> Tag? {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4, let number = Int(words[0]), number > 0,
            kinds.contains(String(words[1])),
            let text = words[2].split(separator: ".").first.flatMap({ Int($0) })
        else { return nil }
        return Tag(text: text, line: number - 1, name: String(words[3]))
    }

    private static let kinds: Set = [
        "function", "method", "singletonMethod", "class", "struct", "interface", "enum", "trait",
        "macro", "typedef", "type", "func", "subroutine", "procedure", "generator", "module",
        "talias", "methodSpec", "union", "record", "protocol",
    ]
}

/// Writes the copies on a thread of its own.
private actor TagFiles {
    private let lane = Lane(label: "treeguild.tags")
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    func make(
        _ texts: [(ending: String, bytes: [UInt8])]
    ) throws -> (QuarantineFolder, names: [String]) {
        let folder = try QuarantineFolder(prefix: "treeguild-tags-")
        var names: [String] = []
        for (index, text) in texts.enumerated() {
            let name = "\(index).\(text.ending)"
            do {
                try Files.create(folder.path.appending(name), with: text.bytes)
            } catch {
                folder.remove()
                throw error
            }
            names.append(name)
        }
        return (folder, names)
    }

    func remove(_ folder: QuarantineFolder) { folder.remove() }
}
