import Base
import Glibc
import TestSupport

/// The program running beside the test, which signals it and awaits its end.
struct Background: ~Copyable {
    let pid: Int32
    private let output: AbsolutePath
    private let errors: AbsolutePath

    init(
        _ trial: borrowing Trial, _ words: [String], adding: [String: String] = [:]
    ) throws {
        let name = "background-\(UInt64.random(in: 0...UInt64.max))"
        output = trial.outside.appending(name + ".out")
        errors = trial.outside.appending(name + ".err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, output.description, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors.description, flags, 0o600)
        let all = [Trial.program, "-C", trial.repository.path.description] + words
        var argv: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
        let environment = trial.environment.merging(adding) { $1 }
        var envp: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        // Threads of the test's pool block signals, and a child inherits that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let code = posix_spawn(&pid, Trial.program, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw FileError("spawn", Trial.program, code: code) }
        self.pid = pid
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Waits until the program has written the words to standard error, for at most half a minute.
    func awaitError(_ words: String) throws -> Bool {
        for _ in 0..<3000 {
            if String(decoding: try Files.read(errors), as: UTF8.self).contains(words) {
                return true
            }
            _ = poll(nil, 0, 10)  // Between two looks; no result depends on it.
        }
        return false
    }

    /// Whole lines of standard output so far.
    func lines() throws -> [String] {
        let text = String(decoding: try Files.read(output), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    /// Waits for the end.
    consuming func end() throws -> Answer {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return Answer(
            status: code, output: String(decoding: try Files.read(output), as: UTF8.self),
            errors: String(decoding: try Files.read(errors), as: UTF8.self))
    }
}

extension Trial {
    /// Waits until the event log of run `r1` holds an event of the kind, for at most half a minute.
    func awaitEvent(_ kind: String) throws -> Bool {
        for _ in 0..<300 {
            let answer = try treeguild(["log", "r1", "--kind", kind, "--json"])
            if answer.output.contains(kind) { return true }
            _ = poll(nil, 0, 100)  // Between two looks; no result depends on it.
        }
        return false
    }

    /// Makes a named pipe in `$HOME`.
    func makePipe(_ name: String) throws {
        guard mkfifo(home.appending(name).description, 0o600) == 0 else {
            throw FileError("mkfifo", name)
        }
    }

    /// Waits until a worker writes a line to the pipe.
    func awaitLine(_ pipe: String) throws -> String {
        let result = try Shell.run(
            ["timeout", "60", "head", "-n", "1", home.appending(pipe).description], in: home,
            environment: environment)
        return result.line
    }

    /// Lets a worker go on that waits for a line of the pipe.
    func release(_ pipe: String) throws {
        _ = try Shell.run(
            ["timeout", "60", "sh", "-c", "echo go >'\(home.appending(pipe))'"], in: home,
            environment: environment)
    }
}
