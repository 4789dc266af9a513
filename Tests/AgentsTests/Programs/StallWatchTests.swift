import Base
import Testing

@testable import Agents

struct StallWatchTests {
    private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    @Test func `ten minutes without a word and without work are a stall`() {
        var watch = StallWatch(limit: .seconds(600), now: time(0))
        #expect(watch.look(at: time(0), processor: 0) == .wait(.seconds(600)))
        watch.heard(at: time(100))
        #expect(watch.look(at: time(600), processor: 5) == .wait(.seconds(100)))
        // A compiler that works for it says nothing.
        #expect(watch.look(at: time(650), processor: 40) == .wait(.seconds(600)))
        // Children that ended took their time with them: something has happened.
        #expect(watch.look(at: time(700), processor: 10) == .wait(.seconds(600)))
        // Waking up now and then is no work.
        #expect(watch.look(at: time(1000), processor: 12) == .wait(.seconds(300)))
        #expect(watch.look(at: time(1310), processor: 14) == .stalled(.seconds(610)))
    }

    @Test func `a word at the last moment counts, and after the last word less is enough`() {
        var watch = StallWatch(limit: .seconds(600), now: time(0))
        watch.heard(at: time(599))
        #expect(watch.look(at: time(600), processor: 0) == .wait(.seconds(599)))
        watch.limit = .seconds(10)
        #expect(watch.look(at: time(605), processor: 0) == .wait(.seconds(4)))
        #expect(watch.look(at: time(609), processor: 0) == .stalled(.seconds(10)))
    }
}

struct MaskedLineTests {
    @Test(
        arguments: [
            ("the key is sk-secret-1.", "the key is [secret]."),
            ("sk-secret-1sk-secret-1", "[secret][secret]"),
            ("sk-secret-12", "[secret]"), ("sk-secre", "sk-secre"), ("", ""), ("short", "short"),
            ("sk-sk-secret-1", "sk-[secret]"),
        ])
    func `secrets are taken out of lines, the longest first, short ones never`(
        _ line: String, _ masked: String
    ) {
        let mask = SecretMask(["sk-secret-1", "sk-secret-12", "short"])
        #expect(String(decoding: mask.all(Array(line.utf8)[...]), as: UTF8.self) == masked)
    }

    @Test func `bytes that are no text stay as they are`() {
        let line: [UInt8] = [0xff, 0x41, 0xfe]
        #expect(Array(SecretMask(["sk-secret-1"]).all(line[...])) == line)
    }
}
