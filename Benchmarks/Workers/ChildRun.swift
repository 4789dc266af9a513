import Base
import Glibc

/// A program run to its end, with what it cost.
struct ChildRun {
    let status: Int32
    /// Processor seconds, those of its own children included.
    let processor: Double
    /// Wall seconds.
    let wall: Double
    /// Most memory of the process itself, in bytes.
    let memory: Int

    /// Starts the program without output; its standard output goes to `output` where that is given.
    init(
        _ words: [String], in folder: AbsolutePath, environment: [String: String],
        output: AbsolutePath? = nil
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let pid = try ChildRun.start(words, in: folder, environment: environment, output: output)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
        wall = (clock.now - start) / .seconds(1)
        self.status = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        processor = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        memory = usage.ru_maxrss * 1024
    }

    /// Starts a program and returns its process; whoever starts it waits for it.
    static func start(
        _ words: [String], in folder: AbsolutePath, environment: [String: String],
        output: AbsolutePath?
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let target = output?.description ?? "/dev/null"
        posix_spawn_file_actions_addopen(&actions, 1, target, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let all = ["env", "-C", folder.description] + words
        var argv: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, all[0], &actions, nil, &argv, &envp)
        guard code == 0 else { throw FileError("spawn", words[0], code: code) }
        return pid
    }
}
