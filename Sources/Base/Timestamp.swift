import Glibc

/// A point in time with millisecond precision, written as RFC 3339 in UTC.
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// Takes milliseconds since 1970; times before that are negative.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The system clock's time.
    package static var now: Timestamp {
        // The members of timespec are out of reach in optimised builds: Swift 6.3 takes them for
        // those of a module of its own that nobody may import.
        var time = (seconds: 0, nanoseconds: 0)
        withUnsafeMutablePointer(to: &time) { time in
            _ = time.withMemoryRebound(to: timespec.self, capacity: 1) {
                clock_gettime(CLOCK_REALTIME, $0)
            }
        }
        return Timestamp(milliseconds: Int64(time.seconds * 1000 + time.nanoseconds / 1_000_000))
    }

    /// Whole seconds since 1970, as git stores them.
    package var seconds: Int64 { milliseconds / 1000 }

    /// Seconds from `earlier` to `self`.
    package func seconds(since earlier: Timestamp) -> Double {
        Double(milliseconds - earlier.milliseconds) / 1000
    }

    /// `YYYY-MM-DDThh:mm:ss.mmmZ`.
    package var description: String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func digits(_ number: Int32, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1, 2) + "-"
            + digits(parts.tm_mday, 2) + "T" + digits(parts.tm_hour, 2) + ":"
            + digits(parts.tm_min, 2) + ":" + digits(parts.tm_sec, 2) + "."
            + digits(Int32(milliseconds % 1000), 3) + "Z"
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.milliseconds < b.milliseconds
    }
}
