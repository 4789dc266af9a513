import Base
import TestSupport
import Testing

struct BoundedLogTests {
    @Test func `the newest pieces stay, whole, within the limit`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("log")
        var log = try BoundedLog(path, limit: 100)
        for number in 100..<200 { try log.add("line \(number)\n".utf8) }
        let earlier = try Files.read(scratch.path.appending("log.1"), limit: 1000)
        let current = try Files.read(path, limit: 1000)
        #expect(earlier.count + current.count <= 100)
        let lines = String(decoding: earlier + current, as: UTF8.self).split(separator: "\n")
        #expect(lines.last == "line 199" && lines.first?.count == 8)
    }

    @Test func `it goes on where an earlier process was`() throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("log")
        do {
            var log = try BoundedLog(path, limit: 1000)
            try log.add("one\n".utf8)
        }
        var log = try BoundedLog(path, limit: 1000)
        try log.add("two\n".utf8)
        #expect(try Files.read(path, limit: 100) == Array("one\ntwo\n".utf8))
    }
}
