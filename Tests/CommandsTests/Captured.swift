import Base
import Synchronization
import TestSupport
import Testing

@testable import Commands

/// Bytes that streams in memory have been given.
final class Memory: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func stream(isTerminal: Bool = false, size: TerminalSize? = nil) -> ByteStream {
        ByteStream(
            isTerminal: isTerminal, size: { size },
            write: { more in
                self.bytes.withLock { $0 += more }
                return nil
            })
    }
}

/// A command line that has run in this process, with what it printed.
struct Captured: Sendable {
    let code: ExitCode
    /// Standard output.
    let data: String
    /// Standard error.
    let talk: String

    /// The one document on standard output.
    var json: JSON { get throws { try JSON(parsing: data) } }

    /// Runs the words with nothing of the developer's environment but PATH.
    static func run(
        _ words: [String], in folder: AbsolutePath, home: AbsolutePath? = nil,
        environment: [String: String] = [:], answer: String? = nil
    ) async -> Captured {
        let (data, talk) = (Memory(), Memory())
        let isolated = Shell.environment(home: home ?? folder)
            .merging(environment) { _, given in given }
        let typed: @Sendable () -> String? = { answer }
        let surroundings = Surroundings(
            environment: isolated, folder: folder,
            streams: Output.Streams(
                data: data.stream(), talk: talk.stream(), answer: answer == nil ? nil : typed))
        let code = await Program.run(words, in: surroundings)
        return Captured(code: code, data: data.text, talk: talk.text)
    }
}

extension CommandDefinition: CustomTestStringConvertible {
    var testDescription: String { name }
}
