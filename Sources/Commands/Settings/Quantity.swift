/// Numbers with units, as people write them.
enum Quantity {
    /// Seconds of `90`, `90s`, `15m`, `2h`, `7d`; nil for anything else.
    static func seconds(_ text: String) -> Double? {
        let units: [(String, Double)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86400)]
        return value(text, units: units)
    }

    /// Bytes of `4096`, `10MB` (thousands) or `10MiB` and `10M` (1024s); nil for anything else.
    static func bytes(_ text: String) -> Int? {
        let thousands: [(String, Double)] = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9)]
        let powers: [(String, Double)] = [
            ("K", 1024), ("KiB", 1024), ("M", 1_048_576), ("MiB", 1_048_576),
            ("G", 1_073_741_824), ("GiB", 1_073_741_824),
        ]
        return value(text, units: thousands + powers + [("B", 1)]).flatMap { Int(exactly: $0) }
    }

    private static func value(_ text: String, units: [(String, Double)]) -> Double? {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard number.first != ".", let count = Double(number) else { return nil }
        if unit.isEmpty { return text.hasSuffix(" ") ? nil : count }
        return units.first { $0.0 == unit }.map { count * $0.1 }
    }
}
