import Base
import Processes
import TestSupport
import Testing

struct FolderWatchTests {
    private func names(_ changes: FolderWatch.Changes) -> [String] {
        changes.folders.map(\.name).sorted()
    }

    @Test func `writing, making and removing is told once, reading is not`() async throws {
        let scratch = try Scratch()
        let (a, b) = (scratch.path.appending("a"), scratch.path.appending("b"))
        for folder in [a, b] { try Files.makeFolder(folder) }
        try Files.create(b.appending("old"), with: [1])
        let watch = try #require(FolderWatch())
        #expect(await watch.add([a, b]))
        #expect(await watch.take { _ in false }.isEmpty)
        _ = try Files.read(b.appending("old"))
        #expect(await watch.take { _ in false }.isEmpty)
        try Files.create(a.appending("new"), with: [1])
        #expect(names(await watch.take { _ in false }) == ["a"])
        #expect(await watch.take { _ in false }.isEmpty)
        try Files.replace(b.appending("old"), with: [2])
        try Files.removeFile(a.appending("new"))
        #expect(names(await watch.take { _ in false }) == ["a", "b"])
    }

    @Test func `names that are ignored say nothing`() async throws {
        let scratch = try Scratch()
        let watch = try #require(FolderWatch())
        #expect(await watch.add([scratch.path]))
        try Files.create(scratch.path.appending(".git"), with: [])
        #expect(await watch.take { $0 == ".git" }.isEmpty)
        try Files.create(scratch.path.appending("yarn.lock"), with: [])
        #expect(await watch.take { $0 == ".git" }.folders == [scratch.path])
    }

    @Test func `a new folder is named, and one that comes back can be watched again`() async throws
    {
        let scratch = try Scratch()
        let inner = scratch.path.appending("inner")
        let watch = try #require(FolderWatch())
        #expect(await watch.add([scratch.path]))
        for _ in 0..<2 {
            try Files.makeFolder(inner)
            #expect(await watch.take { _ in false }.newFolders == [inner])
            #expect(await watch.add([inner]))
            try Files.create(inner.appending("f"), with: [])
            #expect(await watch.take { _ in false }.folders == [inner])
            try Files.removeTree(inner)
            _ = await watch.take { _ in false }
        }
        try Files.makeFolder(inner)
        #expect(await watch.add([inner]))
        try Files.rename(inner, to: scratch.path.appending("outer"))
        #expect(await watch.take { _ in false }.newFolders.map(\.name).contains("outer"))
        try Files.create(scratch.path.appending("outer/f"), with: [])
        #expect(await watch.take { _ in false }.isEmpty)
    }

    @Test func `the limit is kept, and what is no folder is skipped`() async throws {
        let scratch = try Scratch()
        let folders = (0..<4).map { scratch.path.appending("\($0)") }
        for folder in folders { try Files.makeFolder(folder) }
        let watch = try #require(FolderWatch(limit: 3))
        #expect(await watch.add([scratch.path.appending("gone")] + folders[..<3]))
        #expect(await watch.add(Array(folders[..<3])))
        #expect(await !watch.add(folders))
        try Files.create(folders[3].appending("f"), with: [])
        #expect(await watch.take { _ in false }.isEmpty)
    }
}
