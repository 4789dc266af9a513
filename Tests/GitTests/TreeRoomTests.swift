import Base
import TestSupport
import Testing

@testable import Git

struct TreeRoomTests {
    private static let mebibyte: UInt64 = 1 << 20

    @Test(
        arguments: [
            // Trees, free inodes, free MiB, reserve, shortage.
            (1, 100, 10, false, nil), (1, 99, 10, false, .noInodes(needed: 100, available: 99)),
            (1, nil, 10, false, nil), (0, 0, 0, false, nil),
            (1, 100, 9, false, .noSpace(needed: 10 * mebibyte, available: 9 * mebibyte)),
            (8, 800, 80, false, nil), (8, 800, 80, true, .noInodes(needed: 1056, available: 800)),
            (8, nil, 80, true, .noSpace(needed: 88 * mebibyte, available: 80 * mebibyte)),
            (8, 1056, 88, true, nil), (1, 356, 14, true, nil),
            (1, 356, 13, true, .noSpace(needed: 14 * mebibyte, available: 13 * mebibyte)),
        ] as [(Int, UInt64?, UInt64, Bool, WorktreeError.Cause?)])
    func `a shortage is found by counting`(
        trees: Int, inodes: UInt64?, free: UInt64, reserve: Bool, shortage: WorktreeError.Cause?
    ) {
        let room = TreeRoom(files: 100, bytes: 10 * Self.mebibyte)
        #expect(
            room.shortage(
                for: trees, in: .init(files: inodes, bytes: free * Self.mebibyte), reserve: reserve)
                == shortage)
    }

    @Test func `numbers that do not fit are a shortage`() {
        let room = TreeRoom(files: .max / 2, bytes: 1)
        #expect(room.shortage(for: 8, in: .init(files: .max - 1, bytes: 1), reserve: true) != nil)
    }

    @Test func `a tree's size is counted with its folders and in whole blocks`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/one", "1")
        try scratch.write("a/two", String(repeating: "x", count: 5000))
        try scratch.write("three", "3")
        try scratch.commit()
        let base = try #require(ObjectID(try scratch.git("rev-parse", "HEAD")))
        let room = try await Repository(at: scratch.path).room(forTreeOf: base)
        #expect(room == TreeRoom(files: 4, bytes: 5 * 4096))
        try scratch.write("four", "4")
        try scratch.commit()
        let more = try await Repository(at: scratch.path).room(forTreeOf: base)
        #expect(more == TreeRoom(files: 5, bytes: 6 * 4096))
    }
}
