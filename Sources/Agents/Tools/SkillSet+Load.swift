package import Base
import YAML

extension SkillSet {
    /// A folder with a folder for each skill.
    package struct Place: Hashable, Sendable {
        /// May be missing.
        package let folder: AbsolutePath
        /// False for the repository's: there links are not followed.
        package let isUsers: Bool

        /// A folder of the user's or of the repository's.
        package init(_ folder: AbsolutePath, isUsers: Bool) {
            self.folder = folder
            self.isUsers = isUsers
        }
    }

    /// The usual folders, those that win first.
    ///
    /// - Parameters:
    ///   - tree: The worker's tree: skills of the repository are those that are checked in there.
    ///   - configuration: The program's own folder of the user, such as `~/.config/treeguild`.
    package static func places(
        tree: AbsolutePath, home: AbsolutePath?, configuration: AbsolutePath?
    ) -> [Place] {
        var places = [".treeguild/skills", ".claude/skills"].map {
            Place(tree.appending($0), isUsers: false)
        }
        if let configuration {
            places.append(Place(configuration.appending("skills"), isUsers: true))
        }
        if let home { places.append(Place(home.appending(".claude/skills"), isUsers: true)) }
        return places
    }

    /// Reads `NAME/SKILL.md` in all places, with what is wrong in these files; blocks.
    package static func load(_ places: [Place]) -> (set: SkillSet, problems: [DefinitionProblem]) {
        var skills: [Skill] = []
        var problems: [DefinitionProblem] = []
        for place in places {
            let levels = [place.folder.parent, place.folder]
            guard
                levels.allSatisfy({ Files.kind(of: $0, followingLinks: place.isUsers) == .folder })
            else { continue }
            // A folder that is missing or closed holds no skills.
            for name in ((try? Files.list(place.folder)) ?? []).prefix(1000) {
                let folder = place.folder.appending(name)
                let file = folder.appending("SKILL.md")
                guard Files.kind(of: folder, followingLinks: place.isUsers) == .folder,
                    Files.kind(of: file, followingLinks: place.isUsers) == .file
                else { continue }
                do throws(DefinitionProblem) {
                    skills.append(try Skill(reading: file, in: folder))
                } catch {
                    problems.append(error)
                }
            }
        }
        return (SkillSet(skills), problems)
    }
}

extension SkillSet.Skill {
    /// The folder's name is the skill's, unless its file says another.
    fileprivate init(
        reading file: AbsolutePath, in folder: AbsolutePath
    ) throws(DefinitionProblem) {
        let bytes: [UInt8]
        // 1 MB is far more than instructions can be.
        do throws(FileError) { bytes = try Files.read(file, limit: 1 << 20) } catch {
            throw DefinitionProblem(file: file, line: 1, kind: .unreadable(error.reason))
        }
        let matter: FrontMatter
        do throws(FrontMatter.Failure) { matter = try FrontMatter(bytes) } catch {
            throw DefinitionProblem(file: file, line: error.line, kind: error.kind)
        }
        func text(_ key: String) -> String? {
            matter.entries.first { $0.key == key }?.value.scalar?.text
        }
        guard let description = text("description"), !description.isEmpty else {
            throw DefinitionProblem(file: file, line: 1, kind: .missing(field: "description"))
        }
        let name = text("name") ?? folder.name
        guard AgentMemory.sanitised(name) == name else {
            throw DefinitionProblem(
                file: file, line: 1,
                kind: .invalid(field: "name", found: name, expected: "letters, digits, - and _"))
        }
        self.init(name: name, description: description, text: matter.body, folder: folder)
    }
}
