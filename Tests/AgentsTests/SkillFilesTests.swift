import Base
import Foundation
import TestSupport
import Testing

@testable import Agents

struct SkillFilesTests {
    @Test
    func `skills are found in all places, the nearer ones win, bad ones are named`() throws {
        let scratch = try Scratch()
        let (tree, home) = (scratch.path.appending("tree"), scratch.path.appending("home"))
        func write(_ folder: AbsolutePath, _ text: String) throws {
            try Files.makeFolder(folder)
            try Files.replace(folder.appending("SKILL.md"), with: text.utf8)
        }
        try write(
            tree.appending(".treeguild/skills/lint"), "---\ndescription: near\n---\nRun lint.\n")
        try write(tree.appending(".claude/skills/lint"), "---\ndescription: far\n---\nNo.\n")
        try write(
            home.appending(".claude/skills/x"),
            "---\nname: deploy\ndescription: d\n---\nShip it.\n")
        try write(home.appending(".claude/skills/y"), "no front matter")
        try write(home.appending(".claude/skills/z"), "---\nname: z\n---\nNothing said.\n")
        try FileManager.default.createSymbolicLink(
            atPath: tree.appending(".claude/skills/leak").description,
            withDestinationPath: home.appending(".claude/skills/x").description)
        // Nor is a whole folder of somebody else's the repository's.
        try FileManager.default.createSymbolicLink(
            atPath: tree.appending(".treeguild/skills/far").description,
            withDestinationPath: home.appending(".claude/skills").description)
        let (set, problems) = SkillSet.load(
            SkillSet.places(tree: tree, home: home, configuration: nil))
        #expect(set.skills.map(\.name) == ["deploy", "lint"])
        #expect(set.skill(named: "lint")?.text == "Run lint.")
        #expect(set.skill(named: "lint")?.description == "near")
        #expect(problems.map(\.kind) == [.noFrontMatter, .missing(field: "description")])
    }
}
