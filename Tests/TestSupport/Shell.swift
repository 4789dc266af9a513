package import Base
import CSystem
import Glibc

/// What a program printed and how it ended.
package struct ShellResult: Sendable {
    package let status: Int32
    package let output: [UInt8]
    package var text: String { String(decoding: output, as: UTF8.self) }
    /// The output without its final newline.
    package var line: String {
        text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

/// A program that should have succeeded.
package struct ShellFailure: Error, CustomStringConvertible {
    package let arguments: [String]
    package let result: ShellResult
    package var description: String { "\(arguments) ended \(result.status): \(result.text)" }
}

/// Runs programs for tests, with an environment that no developer's settings reach.
package enum Shell {
    /// PATH, HOME inside the given folder, and git cut off from user and system configuration.
    package static func environment(home: AbsolutePath) -> [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": home.description, "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
            "GIT_TERMINAL_PROMPT": "0",
        ]
    }

    /// Runs to the end; standard output and, where asked, standard error are returned together.
    package static func run(
        _ arguments: [String], in folder: AbsolutePath, environment: [String: String],
        input: [UInt8] = [], joiningErrors: Bool = true
    ) throws -> ShellResult {
        var ends: [Int32] = [0, 0]
        guard wt_pipe(&ends) == 0 else { throw FileError("pipe", folder.description) }
        var inputFile: Int32 = -1
        if !input.isEmpty {
            var name = Array("/tmp/treeguild-input-XXXXXX".utf8CString)
            inputFile = mkstemp(&name)
            unlink(name)
            try Files.write(input, to: inputFile, path: folder.description)
            lseek(inputFile, 0, SEEK_SET)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if input.isEmpty {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        } else {
            posix_spawn_file_actions_adddup2(&actions, inputFile, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        if joiningErrors {
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        // sh changes the folder: posix_spawn's own action is hidden behind _GNU_SOURCE.
        let words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.description] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
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
        let failure = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &argv, &envp)
        close(ends[1])
        if inputFile >= 0 { close(inputFile) }
        defer { close(ends[0]) }
        guard failure == 0 else { throw FileError("spawn", words[3], code: failure) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count > 0 {
                output += buffer[..<count]
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return ShellResult(status: code, output: output)
    }
}
