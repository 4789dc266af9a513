import Base
import Glibc
import TestSupport
import Testing

struct PlainFileTests {
    @Test func `where others may write, links and pipes are no files`() throws {
        let scratch = try Scratch()
        let file = scratch.path.appending("file")
        try Files.replace(file, with: "text".utf8)
        #expect(try Files.readPlain(file, limit: 100) == Array("text".utf8))
        #expect(throws: FileError.self) { try Files.readPlain(file, limit: 3) }
        try Files.makeLink(scratch.path.appending("link"), to: file.description)
        #expect(throws: FileError.self) {
            try Files.readPlain(scratch.path.appending("link"), limit: 100)
        }
        #expect(mkfifo(scratch.path.appending("pipe").description, 0o600) == 0)
        #expect(throws: FileError.self) {
            try Files.readPlain(scratch.path.appending("pipe"), limit: 100)
        }
        #expect(throws: FileError.self) { try Files.readPlain(scratch.path, limit: 100) }
    }
}
