import Base
import CSystem
import Glibc

/// One process for ever: a PID alone is given again, after a restart or sooner.
package struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
    /// Its number while it lives.
    package let pid: Int32
    /// Clock ticks from the system's start to the process's.
    package let start: UInt64
    /// Names the system's start; empty where the kernel does not tell.
    package let boot: String

    init(pid: Int32, start: UInt64) {
        self.pid = pid
        self.start = start
        boot = Self.currentBoot
    }

    /// The process that has this PID now; nil when none has or it has ended and waits to be reaped.
    package init?(pid: Int32) {
        var process = wt_process()
        guard pid > 0, wt_process_read(pid, &process) == 0, !Self.isDead(process) else {
            return nil
        }
        self.init(pid: pid, start: process.start)
    }

    /// Reads what ``description`` wrote.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let pid = Int32(parts[0]), pid > 0, let start = UInt64(parts[1])
        else { return nil }
        self.pid = pid
        self.start = start
        boot = String(parts[2])
    }

    /// This process.
    package static let current: ProcessIdentity = {
        var process = wt_process()
        // Without /proc the start is unknown; nothing else could be compared with it then anyway.
        _ = wt_process_read(getpid(), &process)
        return ProcessIdentity(pid: getpid(), start: process.start)
    }()

    /// `pid:start:boot`.
    package var description: String { "\(pid):\(start):\(boot)" }

    /// False only when it is certain that the process has ended: what cannot be looked at counts as alive.
    ///
    /// An ended process that nobody has reaped is dead.
    package var isAlive: Bool {
        guard boot == Self.currentBoot else { return false }
        var process = wt_process()
        switch wt_process_read(pid, &process) {
        case 0: return process.start == start && !Self.isDead(process)
        case ENOENT, ESRCH: return false
        default: return true
        }
    }

    private static func isDead(_ process: wt_process) -> Bool {
        process.state == CChar(UInt8(ascii: "Z")) || process.state == CChar(UInt8(ascii: "X"))
    }

    private static let currentBoot: String = {
        guard let path = AbsolutePath("/proc/sys/kernel/random/boot_id"),
            // A kernel without boot IDs leaves PID and start, which is nearly always enough.
            let bytes = try? Files.read(path, limit: 256)
        else { return "" }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }()
}
