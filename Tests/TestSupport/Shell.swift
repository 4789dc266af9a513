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
    /// For a shell: a program that stays until it is ended. It opens no file, so that it goes neither with a folder nor
    /// with whoever reads what it could have written.
    package static let forever = "sleep infinity"

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
        var ends: [Int32] = [-1, -1]
        guard wt_pipe(&ends) == 0 else { throw FileError("pipe", folder.description) }
        defer { close(ends[0]) }
        let started: Int32?
        do {
            defer { close(ends[1]) }
            started = try start(
                arguments, in: folder, environment: environment, input: input, output: ends[1],
                joiningErrors: joiningErrors)
        }
        guard let pid = started else { return ShellResult(status: 127, output: []) }
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

    /// The process; nil when there is no such program. A session of its own, without a shell between: tests start
    /// some ten thousand programs.
    private static func start(
        _ arguments: [String], in folder: AbsolutePath, environment: [String: String],
        input: [UInt8], output: Int32, joiningErrors: Bool
    ) throws -> Int32? {
        guard let path = found(arguments[0], environment["PATH"]) else { return nil }
        var given: Int32 = -1
        let failure = input.isEmpty ? 0 : wt_memory_file(input, Int64(input.count), &given)
        guard failure == 0 else { throw FileError("input", folder.description, code: failure) }
        defer { if given >= 0 { close(given) } }
        let nowhere = joiningErrors ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { if nowhere >= 0 { close(nowhere) } }
        let lists = [
            [path], arguments, environment.map { "\($0.key)=\($0.value)" },
        ].map { words in words.map { strdup($0) } + [nil] }
        let place = strdup(folder.description)
        defer {
            for words in lists { words.forEach { free($0) } }
            free(place)
        }
        var (pid, ending): (Int32, Int32) = (0, -1)
        let code = lists[0].withUnsafeBufferPointer { paths in
            lists[1].withUnsafeBufferPointer { arguments in
                lists[2].withUnsafeBufferPointer { environment in
                    var program = wt_program()
                    program.paths = paths.baseAddress
                    program.arguments = arguments.baseAddress
                    program.environment = environment.baseAddress
                    program.folder = UnsafePointer(place)
                    program.input = given
                    program.output = -1
                    return wt_spawn(
                        &program, output, joiningErrors ? output : nowhere, &pid, &ending)
                }
            }
        }
        guard code == 0 else { throw FileError("spawn", arguments[0], code: code) }
        close(ending)
        return pid
    }

    /// Where a shell finds a program.
    private static func found(_ name: String, _ path: String?) -> String? {
        guard !name.contains("/") else { return name }
        return (path ?? "/usr/bin:/bin:/usr/sbin:/sbin").split(separator: ":").lazy
            .map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
