import Base
import TestSupport
import Testing

@testable import Git

struct SHA1Tests {
    @Test(arguments: [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 128, 1_000, 65_537])
    func `the hash is the one that sha1sum prints`(size: Int) throws {
        let scratch = try Scratch()
        var random = SeededRandom(seed: UInt64(size))
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        let printed = try Shell.run(
            ["sha1sum"], in: scratch.path, environment: Shell.environment(home: scratch.path),
            input: bytes)
        guard size > 0 else {
            #expect(
                try SHA1.hash(UnsafeRawBufferPointer(start: nil, count: 0)).hexadecimal
                    == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
            return
        }
        #expect(
            try bytes.withUnsafeBytes { try SHA1.hash($0) }.hexadecimal == printed.text.prefix(40))
    }
}
