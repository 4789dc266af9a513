import Agents
import Base

/// The folder of settings and sessions that a program gets in place of the user's own.
struct ProgramHome: Sendable {
    /// Where it is.
    let folder: AbsolutePath
    /// Files of the user's that it reaches by a link: logins.
    let linked: [AbsolutePath]

    /// Settings beyond this are not taken over.
    private static let limit = 32 << 20

    /// Makes the folder, or takes it as an earlier process left it. Blocks.
    ///
    /// Links among what is copied are passed over. A link in the folder's place is taken away.
    init(_ profile: ProgramProfile, user: AbsolutePath?, at folder: AbsolutePath) throws {
        self.folder = folder
        guard let home = profile.home, let user else {
            linked = []
            return
        }
        let from = home.from == "." ? user : user.appending(home.from)
        let logins = home.link.filter {
            Files.kind(of: from.appending($0), followingLinks: true) == .file
        }
        linked = try logins.map { try Files.resolve(from.appending($0)) }
        // What an earlier process left belongs to the program: nothing of ours is written below it.
        if Files.kind(of: folder) == .folder { return }
        try Files.removeTree(folder)
        try Files.makeFolder(folder, mode: 0o700)
        var room = ProgramHome.limit
        for name in home.copy {
            try ProgramHome.copy(from.appending(name), to: folder.appending(name), room: &room)
        }
        for name in logins {
            let link = folder.appending(name)
            try Files.makeFolder(link.parent, mode: 0o700)
            try Files.makeLink(link, to: from.appending(name).description)
        }
    }

    /// Tokens of the logins: long texts without spaces, whatever they are called. Blocks.
    var secrets: [String] {
        linked.flatMap { file -> [String] in
            // A login in another form has none that could be told from other texts.
            guard let bytes = try? Files.read(file, limit: 1 << 20),
                let json = try? JSON(parsing: bytes)
            else { return [] }
            return ProgramHome.texts(json).filter { $0.utf8.count >= 16 && !$0.contains(" ") }
        }
    }

    private static func texts(_ json: JSON) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let items): items.flatMap(texts)
        case .object(let members): members.pairs.flatMap { texts($0.value) }
        default: []
        }
    }

    private static func copy(
        _ source: AbsolutePath, to target: AbsolutePath, room: inout Int
    ) throws(FileError) {
        switch Files.kind(of: source) {
        case .folder:
            try Files.makeFolder(target, mode: 0o700)
            for name in try Files.list(source) {
                try copy(source.appending(name), to: target.appending(name), room: &room)
            }
        case .file:
            let bytes = try Files.read(source, limit: max(room, 1))
            room -= bytes.count
            try Files.makeFolder(target.parent, mode: 0o700)
            try Files.replace(target, with: bytes, mode: 0o600)
        default: break
        }
    }
}
