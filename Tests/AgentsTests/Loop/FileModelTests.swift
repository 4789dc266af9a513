import Base
import Foundation
import HTTP
import TestSupport
import Testing

@testable import Agents

struct FileModelTests {
    @Test
    func `scripts and recordings are models by name`() async throws {
        let bench = try LoopBench()
        try bench.bench.write("a.txt", "one\n")
        let script = """
            default:
              rules: [{when: {last: was empty}, text: done}]
              steps:
                - {tool: Read, input: {file_path: a.txt}}
                - {text: ""}
            """
        let folder = bench.bench.scratch.path
        try Files.replace(folder.appending("s.yaml"), with: script.utf8)
        try Files.replace(folder.appending("bad.yaml"), with: "a: [{nope: 1}]".utf8)
        let catalog = ProviderCatalog(environment: [:], folder: folder)
        let client = try HTTPClient(route: .direct)
        func model(_ name: String) throws -> any ModelProvider {
            try catalog.provider(for: #require(ModelName(name)), client: client)
        }
        let first = try await bench.run(bench.setup(try model("scripted/s.yaml")))
        #expect(first.text == "done")
        #expect(catalog.isFree("scripted") && !catalog.isFree("anthropic"))
        // The recording serves the same work again, the answer that was not used included.
        let recorded = bench.transcript
        try FileManager.default.moveItem(
            atPath: recorded.description, toPath: folder.appending("r.jsonl").description)
        let again = try await bench.run(bench.setup(try model("replay/r.jsonl")))
        #expect(again.ending == .finished && again.text == "done")
        // A file that reads differently departs from it.
        try bench.bench.write("a.txt", "two\n")
        try Files.removeFile(recorded)
        let other = try await bench.run(bench.setup(try model("replay/r.jsonl")))
        guard case .model(let error) = other.ending else {
            Issue.record("ended with \(other.ending)")
            return
        }
        #expect(error.kind == .unscripted)
        #expect(try JSON(parsing: error.message)["message"] == .int(2))

        let bad = folder.appending("bad.yaml")
        #expect {
            try model("scripted/bad.yaml")
        } throws: { error in
            guard case ProviderCatalog.Problem.invalidScript(bad, let problem) = error else {
                return false
            }
            return problem.line == 1
        }
        #expect(throws: ProviderCatalog.Problem.invalidTranscript(bad, line: 1)) {
            try model("replay/bad.yaml")
        }
        #expect(throws: ProviderCatalog.Problem.self) { try model("scripted/none.yaml") }
    }
}
