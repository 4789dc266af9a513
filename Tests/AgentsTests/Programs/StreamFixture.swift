import Base
import Foundation
import Testing

@testable import Agents

/// A recorded output of an agent program, and what a reader makes of it.
enum StreamFixture {
    private static func folder(_ file: String = #filePath) throws -> AbsolutePath {
        try #require(AbsolutePath(file)).parent.parent.parent.parent.appending("Fixtures")
    }

    /// The bytes of `program/name`, whatever its extension.
    static func bytes(_ name: String) throws -> [UInt8] {
        let isText = name.hasPrefix("aider/") || name.hasPrefix("text/")
        let path = try folder().appending("streams/\(name).\(isText ? "txt" : "jsonl")")
        return try Files.read(path)
    }

    /// All recordings as `program/name`, in order.
    static func names() throws -> [String] {
        let root = try folder().appending("streams").description
        let files = try FileManager.default.subpathsOfDirectory(atPath: root)
        return files.filter { $0.hasSuffix(".jsonl") || $0.hasSuffix(".txt") }
            .map { String($0.prefix { $0 != "." }) }.sorted()
    }

    static func format(_ name: String) throws -> ProgramFormat {
        try #require(ProgramFormat(rawValue: String(name.prefix { $0 != "/" })))
    }

    /// The reader after all lines, with the events of each.
    static func read(
        _ bytes: some Collection<UInt8>, by stream: any ProgramStream
    ) -> (events: [ProgramEvent], stream: any ProgramStream) {
        var stream = stream
        var lines = ProgramLines()
        var events: [ProgramEvent] = []
        for line in lines.add(bytes) { events += stream.take(line) }
        if let line = lines.finish() { events += stream.take(line) }
        return (events, stream)
    }

    /// Compares with the file, or writes it with RECORD=1 and fails.
    static func compare(
        _ text: String, with name: String, location: SourceLocation = #_sourceLocation
    ) throws {
        let path = try folder().appending("golden/streams/\(name)")
        guard ProcessInfo.processInfo.environment["RECORD"] == "1" else {
            let expected = String(decoding: try Files.read(path), as: UTF8.self)
            #expect(text == expected, "\(name) differs", sourceLocation: location)
            return
        }
        try Files.makeFolder(path.parent)
        try Files.replace(path, with: Array(text.utf8))
        Issue.record("recorded \(name)", sourceLocation: location)
    }
}

extension ProgramEvent {
    /// One line for a golden file.
    var line: String {
        func quoted(_ text: String) -> String { JSON.string(text).compact }
        switch self {
        case .session(let id, let model, let version):
            return "session \(id) · \(model ?? "-") · \(version ?? "-")"
        case .turn(let number): return "turn \(number)"
        case .text(let text): return "text \(quoted(text))"
        case .thinking(let text): return "thinking \(quoted(text))"
        case .call(let call): return "call \(call.id) \(call.name) \(call.arguments)"
        case .result(let result):
            return "result \(result.callID)\(result.isError ? " error" : "") \(quoted(result.text))"
        case .used(let usage): return "used \(usage.line)"
        case .retrying(let retry):
            return "retrying \(retry.attempt) of \(retry.tries) in \(retry.wait) · "
                + "\(retry.error.kind) · \(retry.error.message)"
        case .denied(let tool): return "denied \(tool)"
        case .rest: return "rest"
        case .noise(let text): return "noise \(quoted(text))"
        }
    }
}

extension AgentUsage {
    /// One line for a golden file.
    var line: String {
        let cost = isCostKnown ? "$\((cost * 1e6).rounded() / 1e6)" : "cost unknown"
        return "\(turns) turns, \(calls) calls, \(tokens.input) in, \(tokens.cacheRead) cached, "
            + "\(tokens.cacheWrite)+\(tokens.cacheWriteLong) written, \(tokens.output) out "
            + "(\(tokens.thinking) thinking), \(cost)"
    }
}
