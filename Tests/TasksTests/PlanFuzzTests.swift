import Base
import Tasks
import Testing
import TestSupport

/// Damaged plans: whatever happens to a text, it is a plan or problems with places in it.
struct PlanFuzzTests {
    private static let markdown = """
        ---
        version: 1
        checks: [{name: test, run: make test}]
        ---
        # Goal

        ## retry: Title

        ```yaml
        touches: ["src/{a,b}/**", "[!a-z]*"]
        ```

        Retry.

        ## count
        ~~~yml
        command: wc -l
        after: [retry]
        ~~~

        """

    @Test(arguments: 0..<300)
    func `a damaged text is a plan or problems with places in it`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let json = try RandomPlan.make(using: &random).json.pretty
        let (name, text) =
            seed % 3 == 0
            ? ("p.md", Self.markdown) : seed % 3 == 1 ? ("p.yaml", json) : ("p.json", json)
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&bytes, using: &random) }
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        switch PlanLoader.load(text: bytes, name: name, readFile: { _ in nil }) {
        case .success(let plan): #expect(try Plan(json: plan.json) == plan)
        case .failure(let errors):
            #expect(!errors.problems.isEmpty)
            for problem in errors.problems {
                #expect((1...lines).contains(try #require(problem.line)), "\(problem)")
                #expect(try #require(problem.column) >= 1)
                #expect(problem.file == name)
            }
        }
    }

    private func damage(_ bytes: inout [UInt8], using random: inout SeededRandom) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0...20, using: &random))
        let signs = Array("{}[]:,-#&*!|>'\"%@`~?\n\r\t \\/.0a\u{0}é😀".utf8) + [0xff, 0xc3]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 2: bytes.insert(signs.randomElement(using: &random) ?? 0, at: at)
        case 3:
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            bytes = Array(lines.shuffled(using: &random).joined(separator: [UInt8(ascii: "\n")]))
        default:
            if at < bytes.count { bytes[at] = signs.randomElement(using: &random) ?? 0 }
        }
    }
}
