import Base
import Glibc

extension ProcessTable {
    /// Seconds of processor time of all living descendants of a process, those of their ended children included.
    ///
    /// 0 where none lives. Blocks.
    package static func processorTime(below process: ProcessIdentity) -> Double {
        let ticks = descendants(of: process).reduce(0.0) { $0 + Self.ticks(of: $1.pid) }
        return ticks / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    }

    /// utime, stime, cutime and cstime of `/proc/PID/stat` (proc(5)); 0 for a process that has ended.
    private static func ticks(of pid: Int32) -> Double {
        guard let path = AbsolutePath("/proc/\(pid)/stat"),
            // Ended meanwhile.
            let bytes = try? Files.read(path, limit: 1 << 16),
            // The name before it may hold spaces and parentheses.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return 0 }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 14 else { return 0 }
        return fields[11...14].reduce(0.0) {
            $0 + (Double(String(decoding: $1, as: UTF8.self)) ?? 0)
        }
    }
}
