import Base
import Testing

@testable import Processes

struct ReadableFilesTests {
    private static let folders = [
        "/": ["home", "etc", "usr"], "/home": ["ada", "grace"],
        "/home/ada": [".ssh", ".cache", "src", ".netrc"], "/home/ada/.cache": ["pip", "treeguild"],
    ]

    private func everything(_ hidden: [String], and shown: [String] = []) -> [String]? {
        ReadableFiles.everything(
            but: hidden.compactMap { AbsolutePath($0) }, and: shown.compactMap { AbsolutePath($0) }
        ) { Self.folders[$0.description] ?? [] }?.map(\.description).sorted()
    }

    @Test func `nothing hidden needs no list`() { #expect(everything([]) == nil) }

    @Test func `all beside the hidden places and beside the way to them is named`() {
        #expect(
            everything(["/home/ada/.ssh", "/home/ada/.netrc", "/home/ada/.cache/treeguild"]) == [
                "/etc", "/home/ada/.cache/pip", "/home/ada/src", "/home/grace", "/usr",
            ])
    }

    @Test func `a place below a hidden one can be shown`() {
        let found = everything(
            ["/home/ada/.cache/treeguild"], and: ["/home/ada/.cache/treeguild/r1/a"])
        #expect(found?.contains("/home/ada/.cache/treeguild/r1/a") == true)
        #expect(found?.contains("/home/ada/.cache/treeguild") == false)
    }

    @Test func `what is hidden inside a shown place stays hidden`() {
        #expect(
            everything(["/home", "/home/ada/.cache/treeguild"], and: ["/home/ada/.cache"])
                == ["/etc", "/home/ada/.cache/pip", "/usr"])
    }
}
