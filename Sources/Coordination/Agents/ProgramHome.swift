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
    /// What is copied is what the user has now; links in it are passed over.
    init(_ profile: ProgramProfile, user: AbsolutePath?, at folder: AbsolutePath) throws {
        self.folder = folder
        guard let home = profile.home, let user else {
            linked = []
            return
        }
        let from = home.from == "." ? user : user.appending(home.from)
        let isNew = Files.kind(of: folder) == nil
        try Files.makeFolder(folder, mode: 0o700)
        var room = ProgramHome.limit
        for name in home.copy where isNew {
            try ProgramHome.copy(
                from.appending(name), to: folder.appending(name), room: &room)
        }
        var linked: [AbsolutePath] = []
        for name in home.link {
            let file = from.appending(name)
            guard Files.kind(of: file, followingLinks: true) == .file else { continue }
            linked.append(try Files.resolve(file))
            let link = folder.appending(name)
            guard Files.kind(of: link) == nil else { continue }
            try Files.makeFolder(link.parent, mode: 0o700)
            try Files.makeLink(link, to: file.description)
        }
        self.linked = linked
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
