import Base
import Testing
import TestSupport

struct DurationTextTests {
    @Test(arguments: [
        ("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("0", 0),
        ("1.5h", 5400), ("0.25", 0.25),
        ("0.0004s", 0),
    ])
    func `a number and a unit are a duration`(text: String, seconds: Double) {
        #expect(Duration(parsing: text)?.inSeconds == seconds)
    }

    @Test(arguments: [
        "", "s", "-1", "+1", "1w", "1ms", "1 h", "1h30m", "1e3", "0x1", "inf", "nan", ".5", "5.",
        "1.2.3", "4000000d", "١",
    ])
    func `anything else is none`(text: String) {
        #expect(Duration(parsing: text) == nil)
    }

    @Test(arguments: 0..<100)
    func `seconds read back are the same duration`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let duration = Duration.milliseconds(
            Int64.random(in: 0...1_000_000_000_000, using: &random))
        #expect(Duration(inSeconds: duration.inSeconds) == duration)
    }

    @Test(arguments: [-1, .nan, .infinity, 1e30])
    func `seconds that are no duration are refused`(seconds: Double) {
        #expect(Duration(inSeconds: seconds) == nil)
    }
}
