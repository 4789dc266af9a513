package import Base

/// Leaves secrets out of texts. Pure.
///
/// There are two sorts. Values of known keys are left out of whatever goes to a model. What only looks like a
/// key, and what a model itself says, is left out of all that is kept and shown, but stays before the model:
/// a file with an example of a key must be edited as it is, and what the model said must be sent back as it
/// was said.
package struct SecretMask: Sendable {
    private let values: [String]

    /// What stands in the place of a secret.
    static let sign = "[secret]"

    /// Values of less than 8 bytes are too common in other texts.
    package init(_ secrets: [String]) {
        let long = secrets.filter { $0.utf8.count >= 8 }
        // The input of a call may be JSON within a text.
        let spelled = long.map { String(JSON.string($0).compact.dropFirst().dropLast()) }
        values = Set(long + spelled).sorted {
            ($0.utf8.count, $0) > ($1.utf8.count, $1)
        }
    }

    /// The text without the known values.
    func known(_ text: String) -> String {
        var text = text
        for value in values {
            text = text.split(separator: value, omittingEmptySubsequences: false)
                .joined(separator: SecretMask.sign)
        }
        return text
    }

    /// The text without the known values, and without what looks like a key.
    package func all(_ text: String) -> String { SecretMask.withoutKeys(known(text)) }

    /// Whether one of the known values is in the bytes, as it is.
    package func holdsKnown(_ bytes: [UInt8]) -> Bool {
        values.contains { value in
            let value = Array(value.utf8)
            guard let first = value.first, bytes.count >= value.count else { return false }
            return bytes.withUnsafeBufferPointer { bytes in
                var at = 0
                let last = bytes.count - value.count
                while at <= last {
                    if bytes[at] == first, bytes[at..<at + value.count].elementsEqual(value) {
                        return true
                    }
                    at += 1
                }
                return false
            }
        }
    }

    /// The same for bytes that need not be text; those without a secret stay as they are.
    package func all(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let text = String(decoding: line, as: UTF8.self)
        let masked = all(text)
        return masked == text ? line : Array(masked.utf8)[...]
    }

    /// The same for every text in a document; names of members stay. Nil where there is no secret.
    package func all(_ json: JSON) -> JSON? {
        switch json {
        case .string(let text):
            let masked = all(text)
            return masked == text ? nil : .string(masked)
        case .array(let items):
            let masked = items.map { all($0) }
            guard masked.contains(where: { $0 != nil }) else { return nil }
            return .array(zip(items, masked).map { $1 ?? $0 })
        case .object(var members):
            var isChanged = false
            for pair in members.pairs {
                guard let masked = all(pair.value) else { continue }
                members[pair.key] = masked
                isChanged = true
            }
            return isChanged ? .object(members) : nil
        default: return nil
        }
    }
}

extension SecretMask {
    /// How keys of a service begin, and how many characters follow at least.
    private static let keys: [(start: [UInt8], rest: Int)] = [
        ("sk-ant-", 20), ("sk-proj-", 20), ("sk-or-v1-", 20), ("sk-", 32), ("ghp_", 36),
        ("gho_", 36),
        ("ghu_", 36), ("ghs_", 36), ("ghr_", 36), ("github_pat_", 22), ("glpat-", 20),
        ("xoxb-", 20),
        ("xoxp-", 20), ("AKIA", 16), ("AIza", 35), ("hf_", 30), ("npm_", 36),
    ].map { (Array($0.0.utf8), $0.1) }

    /// Keys have digits and no spaces, and begin where a word does.
    private static func withoutKeys(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var kept = 0
        var at = 0
        while at < bytes.count {
            guard isPart(bytes[at]) else {
                at += 1
                continue
            }
            var end = at
            while end < bytes.count, isPart(bytes[end]) { end += 1 }
            if isKey(bytes[at..<end]) {
                out += bytes[kept..<at] + Array(sign.utf8)
                kept = end
            }
            at = end
        }
        guard kept > 0 else { return text }
        return String(decoding: out + bytes[kept...], as: UTF8.self)
    }

    private static func isKey(_ word: ArraySlice<UInt8>) -> Bool {
        // The shortest has 20 characters.
        guard word.count >= 20 else { return false }
        return keys.contains { key in
            word.count >= key.start.count + key.rest && word.starts(with: key.start)
                && word.contains { (0x30...0x39).contains($0) }
        }
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

extension AgentProgress {
    /// The same for those who watch.
    package func masked(by mask: SecretMask) -> AgentProgress {
        switch self {
        case .text(let line): .text(mask.all(line))
        case .thinking(let line): .thinking(mask.all(line))
        case .messageTaken(let text): .messageTaken(mask.all(text))
        default: self
        }
    }
}

extension ProgramOutcome {
    /// The same for reports.
    package func masked(by mask: SecretMask) -> ProgramOutcome {
        var outcome = self
        outcome.text = mask.all(text)
        outcome.model = model.map { mask.all($0) }
        outcome.fault = fault.map {
            ProgramFault($0.kind, mask.all($0.message), retryAfter: $0.retryAfter)
        }
        return outcome
    }
}

extension ToolCall {
    /// The same for those who watch: what is cut off later must not be a half of a secret.
    func masked(by mask: SecretMask) -> ToolCall {
        ToolCall(id: id, name: name, arguments: mask.all(arguments))
    }
}
