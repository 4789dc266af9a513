/// Text for people: widths, cutting, quoting.
package enum Text {
    /// Columns that a terminal gives the text: 0 for marks, 2 for wide characters.
    package static func width(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.value < 0x20 || scalar.value == 0x7f { return 0 }
        if scalar.properties.isEmojiPresentation { return 2 }
        // East Asian wide and full-width blocks (Unicode UAX #11).
        let wide: [ClosedRange<UInt32>] = [
            0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
            0xa000...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x20000...0x3fffd,
        ]
        if wide.contains(where: { $0.contains(scalar.value) }) { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    /// Cuts to at most `columns`, ending in `…` when something was cut.
    package static func truncate(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var out = ""
        var used = 0
        for character in text {
            let next = width(character)
            if used + next > columns - 1 { break }
            out.append(character)
            used += next
        }
        return out + "…"
    }

    /// Fills with spaces on the right up to `columns`.
    package static func pad(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    /// Fills with spaces on the left up to `columns`.
    package static func padded(left text: String, to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - width(text))) + text
    }

    /// One word for a POSIX shell.
    package static func shellQuote(_ word: String) -> String {
        let plain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || "_-./:=@%+,".unicodeScalars.contains($0)
            }
        return plain
            ? word
            : "'"
                + word.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''") + "'"
    }

    /// The text with control characters, escape sequences included, made visible as `\x1b`; so is what ends a line,
    /// turns the direction of writing or has no width.
    ///
    /// For everything that a worker, a file or a repository said and a terminal will show.
    package static func visible(_ text: some StringProtocol) -> String {
        var out = ""
        var last: Unicode.Scalar?
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            let next = scalars[scalars.index(after: index)...].first
            defer { last = scalar }
            if isHidden(scalar, between: last, and: next), scalar != "\t" {
                let digits = String(scalar.value, radix: 16)
                out +=
                    scalar.value < 0x100
                    ? "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
                    : "\\u{" + digits + "}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Whether a terminal shows nothing for it, or something else than it is.
    private static func isHidden(
        _ scalar: Unicode.Scalar, between last: Unicode.Scalar?, and next: Unicode.Scalar?
    ) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7f...0x9f, 0x2028, 0x2029, 0xfff9...0xfffb: true
        case ..<0xad: false
        // One after a sign chooses its form: ☺️.
        case 0xfe0e, 0xfe0f: last == nil || last?.properties.isVariationSelector == true
        // Pictures are joined of several.
        case 0x200d: !(isPicture(last) && isPicture(next))
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func isPicture(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar, !scalar.isASCII else { return false }
        return scalar.value == 0xfe0f || scalar.properties.isEmoji
    }

    /// `3 tasks`, `1 task`.
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// `$0.00`, `$0.0123`, `$1.50`: two digits after the point, four below ten cents.
    package static func dollars(_ amount: Double) -> String {
        let digits = amount != 0 && abs(amount) < 0.1 ? 4 : 2
        let scale = digits == 4 ? 10_000.0 : 100
        guard abs(amount) < 1e12 else { return "$\(amount)" }
        let units = Int((abs(amount) * scale).rounded())
        let fraction = String(units % Int(scale))
        let padding = String(repeating: "0", count: digits - fraction.count)
        return "\(amount < 0 ? "-" : "")$\(units / Int(scale)).\(padding)\(fraction)"
    }

    /// `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`.
    package static func elapsed(seconds: Double) -> String {
        if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(seconds.rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
    }
}
