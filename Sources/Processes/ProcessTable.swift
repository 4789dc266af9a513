package import Base
import CSystem
import Glibc

/// Looks at all processes of the system. These calls block: call them on a lane.
package enum ProcessTable {
    /// Processes whose environment, as it was when their program started, holds `name=value`.
    ///
    /// This process and ended ones are left out, and so are those of other users, which cannot be read.
    package static func marked(_ name: String, value: String) -> [ProcessIdentity] {
        let mark = Array("\(name)=\(value)".utf8)
        return (pids() ?? []).compactMap { pid in
            guard pid != getpid(), let identity = ProcessIdentity(pid: pid),
                let path = AbsolutePath("/proc/\(pid)/environ"),
                // Ended meanwhile, or another user's.
                let bytes = try? Files.read(path, limit: 64 << 20),
                bytes.split(separator: 0).contains(where: { $0.elementsEqual(mark) }),
                // The PID was not given to another one while its environment was read.
                identity.isAlive
            else { return nil }
            return identity
        }
    }

    /// Processes whose current folder or root lies in the folder, this one not left out.
    ///
    /// nil when processes cannot be looked at. Processes of other users that cannot be read are
    /// skipped. A removed folder counts under its last name.
    package static func inFolder(_ folder: AbsolutePath) -> [ProcessIdentity]? {
        guard let pids = pids(), link("/proc/self/cwd") != nil else { return nil }
        // A folder that is gone may still be somebody's current one, by the name it had.
        let real = (try? Files.resolve(folder)) ?? folder
        return pids.compactMap { pid in
            guard let identity = ProcessIdentity(pid: pid) else { return nil }
            let places = [link("/proc/\(pid)/cwd"), link("/proc/\(pid)/root")]
            let isInside = places.contains { place in
                guard let place else { return false }
                return place.isInside(real) || place.isInside(folder)
            }
            return isInside && identity.isAlive ? identity : nil
        }
    }

    /// Living descendants of a process, whatever session or group they are in.
    package static func descendants(of process: ProcessIdentity) -> [ProcessIdentity] {
        var pids = [Int32](repeating: 0, count: 4096)
        let count = Int(wt_descendants(process.pid, &pids, Int32(pids.count), 0))
        let found = pids[..<count].compactMap { ProcessIdentity(pid: $0) }
        return process.isAlive ? found : []
    }

    /// Asks processes to end with TERM, kills those left after `grace`, and waits until they are gone.
    ///
    /// Does not block its caller. Returns those that it was not allowed to end, or that the kernel
    /// holds for more than five seconds after KILL.
    @discardableResult
    package static func end(
        _ processes: [ProcessIdentity], grace: Duration
    ) async -> [ProcessIdentity] {
        await Terminator().end(processes, grace: grace)
    }

    private static func pids() -> [Int32]? {
        guard let path = AbsolutePath("/proc"),
            // nil is the answer for a system that shows no processes.
            let names = try? Files.list(path)
        else { return nil }
        return names.compactMap { Int32($0) }
    }

    private static func link(_ path: String) -> AbsolutePath? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        let removed = " (deleted)"
        return AbsolutePath(text.hasSuffix(removed) ? String(text.dropLast(removed.count)) : text)
    }
}

/// Ends processes on a thread of its own, by descriptors: a recycled PID is never meant.
private actor Terminator {
    private let lane = Lane(label: "treeguild.terminator")

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    func end(_ processes: [ProcessIdentity], grace: Duration) -> [ProcessIdentity] {
        var alive: [(identity: ProcessIdentity, descriptor: Int32)] = []
        var refused: [ProcessIdentity] = []
        defer { for process in alive { close(process.descriptor) } }
        for process in processes where process.isAlive {
            var descriptor: Int32 = -1
            let code = wt_process_open(process.pid, process.start, &descriptor)
            if code == 0 {
                alive.append((process, descriptor))
            } else if code != ESRCH {
                refused.append(process)
            }
        }
        for (signal, limit) in [(SIGTERM, grace), (SIGKILL, .seconds(5))] {
            for process in alive {
                _ = wt_process_signal(process.descriptor, signal)
                // A stopped process takes the signal only when it goes on.
                _ = wt_process_signal(process.descriptor, SIGCONT)
            }
            wait(for: &alive, atMost: limit.milliseconds)
        }
        return refused + alive.map(\.identity)
    }

    private func wait(
        for alive: inout [(identity: ProcessIdentity, descriptor: Int32)], atMost limit: Int64
    ) {
        let clock = ContinuousClock()
        let deadline = clock.now + .milliseconds(limit)
        while !alive.isEmpty {
            let rest = (deadline - clock.now).milliseconds
            var events = alive.map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            let count = poll(&events, nfds_t(events.count), Int32(clamping: rest))
            var left: [(identity: ProcessIdentity, descriptor: Int32)] = []
            for (process, event) in zip(alive, events) {
                if event.revents == 0 { left.append(process) } else { close(process.descriptor) }
            }
            alive = left
            if count <= 0, rest == 0 { return }
        }
    }
}
