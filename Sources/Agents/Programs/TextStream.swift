import Base

/// Takes everything as what the program says; its exit decides.
struct TextStream: ProgramStream {
    /// The end of what was said, in bytes.
    private var tail: [UInt8] = []

    /// What is kept for the outcome, in bytes.
    static let limit = 64 << 10

    /// Nothing read yet.
    init() {}

    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent] {
        tail += line.suffix(TextStream.limit)
        tail.append(10)
        if tail.count > 2 * TextStream.limit { tail.removeFirst(tail.count - TextStream.limit) }
        return [.text(String(decoding: line, as: UTF8.self) + "\n")]
    }

    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome {
        var outcome = ProgramOutcome()
        outcome.text = String(
            String(decoding: tail.suffix(TextStream.limit), as: UTF8.self).trimmed)
        outcome.usage.isCostKnown = false
        guard exit != .status(0) else { return outcome }
        outcome.fault = ProgramFault.ending(exit, errors: errors, hasBegun: false)
        return outcome
    }
}
