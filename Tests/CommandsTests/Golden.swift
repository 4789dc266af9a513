import Base
import Foundation
import Testing

/// Texts for users, kept as files under `Fixtures/golden`.
enum Golden {
    /// Compares with the file; with RECORD=1 writes it and fails, so that nobody records by accident.
    static func check(
        _ text: String, is name: String, file: String = #filePath,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let sources = try #require(AbsolutePath(file))
        let path = sources.parent.parent.parent.appending("Fixtures/golden/\(name)")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try Files.makeFolder(path.parent)
            try Files.replace(path, with: text.utf8)
            Issue.record("recorded \(name)", sourceLocation: location)
        } else {
            let expected = String(decoding: try Files.read(path), as: UTF8.self)
            #expect(text == expected, "\(name) differs", sourceLocation: location)
        }
    }
}
