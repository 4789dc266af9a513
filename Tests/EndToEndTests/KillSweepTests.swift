import Base
import Glibc
import TestSupport
import Testing

/// Kills at every write of the ledger, each followed by resuming to the end.
struct KillSweepTests {
    private static let plan = """
        version: 1
        jobs: 1
        checks: [{name: c, run: "echo check >>$HOME/ran; test -f menu.txt"}]
        verify: {agent: {command: "echo verify >>$HOME/ran; printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt"}}
        tasks:
          - {id: left, command: "echo left >>$HOME/ran; sed -i s/bread/rye/ menu.txt"}
          - {id: right, command: "echo right >>$HOME/ran; sed -i s/bread/wheat/ menu.txt; git commit -qam r"}
          - {id: same, reads: true, command: "echo same >>$HOME/ran"}
          - {id: bad, command: "echo bad >>$HOME/ran; echo b >b.txt; exit 3"}
        """

    private static let undisturbed = Task {
        let trial = try Trial()
        _ = try trial.run(plan)
        return try await Facts(of: trial)
    }

    /// The sweep is dealt out so that its parts run beside each other.
    private static let parts = 3
    /// Every third write; `scripts/sweep` goes through all of them.
    private static let step = 3

    @Test(arguments: 0..<parts)
    func `a run killed at any write and resumed ends as if nothing had happened`(_ part: Int)
        async throws
    {
        let expected = try await Self.undisturbed.value
        #expect(expected.run.first == "failed" && expected.worktrees == 1 && expected.trees == [])
        #expect(expected.ran == ["bad", "check", "left", "right", "same", "verify"])
        var points = 0
        for point in stride(from: part * Self.step + 1, to: 1000, by: Self.parts * Self.step) {
            let trial = try Trial()
            let killed = try trial.run(Self.plan, adding: ["TREEGUILD_FAULT": "\(point)"])
            guard killed.status == 137 else { break }
            points += 1
            let resumed = try trial.resume()
            let facts = try await Facts(of: trial)
            if facts.run.isEmpty {
                #expect(resumed.status == 2, "point \(point): \(resumed.errors)")
                #expect(facts.references.count == 1 && facts.worktrees == 1 && facts.ran == [])
                #expect(Files.kind(of: trial.outside.appending("cache")) == nil)
                continue
            }
            #expect(resumed.status == 1, "point \(point): \(resumed.errors)")
            #expect(facts == expected, "point \(point)\n\(facts)\n\nexpected\n\(expected)")
            #expect(try trial.markedProcesses() == [])
        }
        #expect(points > 8)
    }

    @Test(arguments: [8, 13, 21])
    func `a run killed again and again comes to the same end`(_ step: Int) async throws {
        let expected = try await Self.undisturbed.value
        let trial = try Trial()
        var answer = try trial.run(Self.plan, adding: ["TREEGUILD_FAULT": "\(step)"])
        var kills = 0
        while answer.status == 137, kills < 100 {
            kills += 1
            answer = try trial.resume(adding: ["TREEGUILD_FAULT": "\(step)"])
        }
        #expect(kills > 2)
        #expect(answer.status == 1, "\(answer.errors)")
        let facts = try await Facts(of: trial)
        #expect(facts == expected, "\(facts)\n\nexpected\n\(expected)")
    }

    /// Its steps take as long as they do so that kills fall between and into all of them; nothing waits for them.
    private static let parallelPlan = """
        version: 1
        jobs: 3
        checks: [{name: c, run: "sleep 0.05; test -f menu.txt"}]
        verify: {agent: {command: "sleep 0.1; printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt"}}
        tasks:
          - {id: left, command: "sed -i s/bread/rye/ menu.txt; sleep 0.1"}
          - {id: right, command: "sleep 0.05; sed -i s/bread/wheat/ menu.txt; git commit -qam r; sleep 0.1"}
          - {id: next, after: [left], command: "sleep 0.05; echo next >next.txt"}
          - {id: bad, retries: 1, command: "echo b >b.txt; sleep 0.1; exit 3"}
        """

    private static let undisturbedParallel = Task {
        let trial = try Trial()
        _ = try trial.run(parallelPlan)
        return try await Facts(of: trial, preserved: false)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `a run killed from outside at any moment is resumed to the same end`(_ seed: UInt64)
        async throws
    {
        let expected = try await Self.undisturbedParallel.value
        var random = SeededRandom(seed: seed)
        let trial = try Trial()
        var words = ["run", try trial.plan(Self.parallelPlan), "--run-id", "r1", "--json"]
        for _ in 0..<3 {
            let program = try Background(trial, words)
            // Any moment will do: the kill must not matter whenever it comes.
            _ = poll(nil, 0, Int32.random(in: 20...900, using: &random))
            program.send(9)
            _ = try program.end()
            let isRecorded = try await Facts(of: trial).run.isEmpty == false
            if isRecorded { words = ["resume", "r1", "--json"] }
        }
        let last = try trial.treeguild(words)
        #expect(last.status == 1, "\(last.errors)")
        let facts = try await Facts(of: trial, preserved: false)
        #expect(facts == expected, "\(facts)\n\nexpected\n\(expected)")
        #expect(try trial.markedProcesses() == [])
        #expect(try trial.anyPreserved(holding: "b.txt", of: "bad") == "b\n")
    }
}
