package import Base
import Glibc

/// What agents of one type keep from one run to the next.
package struct AgentMemory: Hashable, Sendable {
    /// Where it lies; the agent may read and write there.
    package let folder: AbsolutePath
    /// Whose it is.
    package let scope: MemoryScope
    /// Where links begin to count: what lies below may be the repository's.
    private let base: AbsolutePath

    /// The file that a worker is shown at its start.
    package static let entryName = "MEMORY.md"
    /// Lines and bytes of it that are shown.
    static let lineLimit = 200
    static let byteLimit = 25_000

    /// Where memories of each scope lie.
    package struct Places: Hashable, Sendable {
        /// The worker's tree: what is shared through the repository is committed there.
        package let tree: AbsolutePath
        /// The main worktree, which outlives workers.
        package let mainWorktree: AbsolutePath
        /// Nil where nobody has a home.
        package let home: AbsolutePath?

        /// Places of one worker.
        package init(tree: AbsolutePath, mainWorktree: AbsolutePath, home: AbsolutePath?) {
            self.tree = tree
            self.mainWorktree = mainWorktree
            self.home = home
        }
    }

    /// The memory of a type; nil for the user's where nobody has a home. Looks at the disk.
    ///
    /// A folder of that kind below `.claude` is used where there is one.
    package init?(_ scope: MemoryScope, of type: String, in places: Places) {
        let (base, name): (AbsolutePath?, String) =
            switch scope {
            case .user: (places.home, "agent-memory")
            case .project: (places.tree, "agent-memory")
            case .local: (places.mainWorktree, "agent-memory-local")
            }
        guard let base else { return nil }
        let below = "\(name)/\(AgentMemory.sanitised(type))"
        let known = base.appending(".claude/\(below)")
        folder =
            Files.kind(of: known) == .folder ? known : base.appending(".treeguild/\(below)")
        self.scope = scope
        self.base = base
    }

    /// Folders of a main worktree in which agents keep what is this machine's alone.
    package static func localFolders(in mainWorktree: AbsolutePath) -> [AbsolutePath] {
        [".claude", ".treeguild"].map { mainWorktree.appending("\($0)/agent-memory-local") }
    }

    /// A name for a folder: letters, digits, `-` and `_`; never empty, hidden or another folder.
    ///
    /// Different types have different names: what is replaced is told apart by a digest.
    package static func sanitised(_ type: String) -> String {
        let isPlain = { (byte: UInt8) in
            (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2d
                || byte == 0x5f
        }
        let bytes = type.utf8.prefix(80).map { isPlain($0) ? $0 : UInt8(ascii: "-") }
        let text = String(decoding: bytes, as: UTF8.self)
        if !text.isEmpty, text.utf8.elementsEqual(type.utf8) { return text }
        return text + "-" + Digest.sha256(Array(type.utf8)).prefix(4).hexadecimal
    }

    /// The link in the repository that would make it another folder; nil for none. Blocks.
    package var link: AbsolutePath? {
        var level = folder
        while scope != .user, level != base {
            if Files.kind(of: level) == .link { return level }
            level = level.parent
        }
        return nil
    }

    /// Makes the folder; blocks. A local one is kept out of version control by a file in it.
    ///
    /// `ELOOP` where there is a ``link``.
    package func prepare() throws(FileError) {
        if let link { throw FileError("open", link.description, code: ELOOP) }
        try Files.makeFolder(folder, mode: scope == .project ? 0o777 : 0o700)
        guard scope == .local else { return }
        let ignore = folder.parent.appending(".gitignore")
        if Files.kind(of: ignore) == nil { try Files.replace(ignore, with: "*\n".utf8) }
    }

    /// The part of the entry file that goes into the prompt; nil when there is none. Blocks.
    package func excerpt() throws(FileError) -> String? {
        let file = folder.appending(AgentMemory.entryName)
        // A link could lead to what is not the agent's.
        guard Files.kind(of: file) == .file else { return nil }
        let bytes = try Files.read(file, limit: 16 << 20)
        var out: [UInt8] = []
        var isCut = false
        for (number, line) in bytes.lineSlices.enumerated() {
            if number == AgentMemory.lineLimit || out.count + line.count > AgentMemory.byteLimit {
                isCut = true
                break
            }
            out += line + [10]
        }
        let text = String(decoding: out, as: UTF8.self)
        return isCut ? text + "[The file is longer; read the rest when you need it.]\n" : text
    }
}
