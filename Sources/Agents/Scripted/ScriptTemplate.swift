import Base

/// Fills `{{…}}` in the strings of a step from the request. What it does not know stays as it is,
/// since programs are full of braces.
struct ScriptTemplate {
    let view: ScriptView
    let captures: [String]

    func fill(_ step: ModelScript.Step) -> ModelScript.Step {
        var step = step
        step.text = step.text.map { fill($0) }
        step.thinking = step.thinking.map { fill($0) }
        for index in step.calls.indices {
            step.calls[index].name = fill(step.calls[index].name)
            let arguments = step.calls[index].arguments
            // What is filled into JSON has to be a part of its strings.
            if let json = try? JSON(parsing: arguments) {
                step.calls[index].arguments = fill(json).compact
            } else {
                step.calls[index].arguments = fill(arguments)
            }
        }
        return step
    }

    private func fill(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(fill(text))
        case .array(let items): .array(items.map { fill($0) })
        case .object(let members):
            .object(JSON.Members(members.pairs.map { (fill($0.key), fill($0.value)) }))
        default: json
        }
    }

    private func fill(_ text: String) -> String {
        let bytes = Array(text.utf8)
        func place(of byte: UInt8, from start: Int) -> Int? {
            (start..<max(start, bytes.count - 1)).first {
                bytes[$0] == byte && bytes[$0 + 1] == byte
            }
        }
        var out: [UInt8] = []
        var at = 0
        while let open = place(of: UInt8(ascii: "{"), from: at),
            let close = place(of: UInt8(ascii: "}"), from: open + 2)
        {
            let name = String(decoding: bytes[(open + 2)..<close], as: UTF8.self)
            out += bytes[at..<open]
            if let value = value(name) {
                out += value.utf8
                at = close + 2
            } else {
                // Not ours: what begins one brace later may be.
                out.append(bytes[open])
                at = open + 1
            }
        }
        return String(decoding: out + bytes[at...], as: UTF8.self)
    }

    private func value(_ name: String) -> String? {
        if let number = Int(name), number > 0 {
            return number <= captures.count ? captures[number - 1] : nil
        }
        switch name {
        case "turn": return "\(view.turn)"
        case "model": return view.model
        case "prompt": return view.prompts.first ?? ""
        case "last": return view.last
        case "result": return view.results.last ?? ""
        case "results": return view.results.joined(separator: "\n")
        default: break
        }
        if name.hasPrefix("result."), let number = Int(name.dropFirst(7)), number > 0 {
            return number <= view.results.count ? view.results[number - 1] : ""
        }
        if name.hasPrefix("after:") {
            let words = name.dropFirst(6).split(separator: "*", omittingEmptySubsequences: false)
            let pattern = ScriptPattern(words.joined(separator: "\\*") + "*")
            return ([view.system] + view.prompts).lazy.compactMap {
                pattern.captures(in: $0)?.last
            }.first.map { $0.trimmingSpaces }
        }
        let isWord =
            !name.isEmpty
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
                    || (0x61...0x7a).contains($0) || $0 == 0x5f
            }
        return isWord ? view.word(name) : nil
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
