import Base

extension Timestamp {
    /// `2026-01-02T03:04:05Z`, with any fraction and offset.
    init?(rfc3339 text: String) {
        let halves = text.uppercased().split(separator: "T")
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").compactMap { Int($0) }
        var clock = halves[1]
        var offset = 0
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let parts = clock[clock.index(after: sign)...].split(separator: ":")
                .compactMap { Int($0) }
            guard parts.count == 2 else { return nil }
            offset = (parts[0] * 60 + parts[1]) * (clock[sign] == "-" ? -60 : 60)
            clock = clock[..<sign]
        } else {
            return nil
        }
        let parts = clock.split(separator: ":")
        guard date.count == 3, parts.count == 3, let hour = Int(parts[0]),
            let minute = Int(parts[1]), let second = Double(parts[2]), second.isFinite
        else { return nil }
        self.init(date: date, hour, minute, second: second - Double(offset))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may write today (RFC 9110).
    init?(httpDate text: String) {
        let parts = text.split { $0 == " " || $0 == "," || $0 == ":" }
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
            let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Double(parts[6])
        else { return nil }
        self.init(date: [year, month + 1, day], hour, minute, second: second)
    }

    private init?(date: [Int], _ hour: Int, _ minute: Int, second: Double) {
        guard (1970...9999).contains(date[0]), (1...12).contains(date[1]),
            (1...31).contains(date[2]), (0...23).contains(hour), (0...59).contains(minute),
            abs(second) < 200_000
        else { return nil }
        // Days since 1970 in the proleptic Gregorian calendar, with March as the first month.
        let year = date[1] <= 2 ? date[0] - 1 : date[0]
        let month = (date[1] + 9) % 12
        let dayOfYear = (153 * month + 2) / 5 + date[2] - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        let seconds = Double(days * 86_400 + hour * 3600 + minute * 60) + second
        self.init(milliseconds: Int64((seconds * 1000).rounded()))
    }
}
