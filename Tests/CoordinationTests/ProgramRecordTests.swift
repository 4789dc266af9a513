import Agents
import Base
import TestSupport
import Testing

@testable import Coordination

struct ProgramRecordTests {
    @Test(
        arguments: [
            ("09487037-15cc-41d8-977a-cbd0d5d615a1", true), ("ses_1:a.b", true), ("", false),
            ("--dangerously", false), ("../../x", false), ("a b", false), ("a\nb", false),
            (String(repeating: "a", count: 201), false),
        ])
    func `a session that could be taken for something else resumes nothing`(
        _ id: String, _ isTaken: Bool
    ) throws {
        let scratch = try Scratch()
        let file = scratch.path.appending("program.json")
        var record = ProgramRecord(file)
        let wasTaken = record.take(session: id)
        #expect(wasTaken == isTaken)
        record.usage.turns = 3
        try record.write()
        let again = ProgramRecord(file)
        #expect(again.session == (isTaken ? id : nil) && again.usage.turns == 3)
        let isNews = record.take(session: id)
        #expect(!isNews)
    }

    @Test func `messages are told once, one by one in the transcript`() {
        let begun = ProgramTold("Do it.", session: nil, messages: ["One.", "Two."])
        #expect(begun.text.hasPrefix("Do it.\n\n") && begun.text.hasSuffix("One.\n\nTwo."))
        #expect(begun.entries.map(\.text) == ["Do it.", "One.", "Two."])
        #expect(begun.entries.map(\.origin) == [.assignment, .mailbox, .mailbox])
        let resumed = ProgramTold("Do it.", session: "s", messages: [])
        #expect(resumed.entries.map(\.origin) == [.resume] && !resumed.text.contains("Do it."))
        #expect(ProgramTold("Do it.", session: "s", messages: ["One."]).text == "One.")
        #expect(ProgramTold("Do it.", session: nil, messages: []).text == "Do it.")
    }
}
