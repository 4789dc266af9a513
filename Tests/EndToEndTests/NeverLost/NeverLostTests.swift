import Base
import Glibc
import TestSupport
import Testing

/// Random workers, random kills and random clean-up: every byte that a worker made is accounted for.
struct NeverLostTests {
    /// Workers of one run.
    private static let tasks = 20
    private static let first = UInt64(setting("TREEGUILD_PROPERTY_SEED") ?? 1)
    private static let runs = UInt64(
        ((setting("TREEGUILD_PROPERTY_CASES") ?? 100) + tasks - 1) / tasks)

    private static func setting(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    @Test(arguments: first..<first + runs)
    func `nothing that a worker made is lost`(
        _ seed: UInt64
    ) throws {
        var lost = try LostWorkTrial(seed: seed, tasks: Self.tasks)
        try lost.play()
        #expect(
            lost.accounted > Self.tasks / 2 && lost.committed > Self.tasks / 4,
            "seed \(seed): too little was made to mean anything")
    }
}
