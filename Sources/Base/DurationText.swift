extension Duration {
    /// Reads `90`, `90s`, `15m`, `2h` or `7d`; the number may have decimals, a bare one is seconds.
    ///
    /// Nil for anything else, for a negative number and for more than 1,000 years. Parts of a
    /// millisecond are rounded.
    package init?(parsing text: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        let factor = text.last.flatMap { units[$0] }
        let digits = factor == nil ? text[...] : text.dropLast()
        // Double's own reader also takes signs, exponents, hexadecimal digits and `inf`.
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            digits.utf8.first != UInt8(ascii: "."), digits.utf8.last != UInt8(ascii: "."),
            let number = Double(digits)
        else { return nil }
        self.init(inSeconds: number * (factor ?? 1))
    }

    /// Takes seconds, rounded to milliseconds; nil for a negative number, more than 1,000 years
    /// and what is no number.
    package init?(inSeconds seconds: Double) {
        guard (0...1000 * 366 * 86400).contains(seconds) else { return nil }
        self = .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// Seconds with their fraction; exact to the millisecond, so that it can be read back.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 1000 + (Double(attoseconds) / 1e15).rounded()) / 1000
    }
}
