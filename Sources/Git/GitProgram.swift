package import Base
package import Processes

/// Version of a git program.
package struct GitVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The first number.
    package let major: Int
    /// The second number.
    package let minor: Int

    /// `2, 39` for 2.39.
    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads the output of `git version`, such as `git version 2.39.5`.
    init?(parsing text: String) {
        let numbers = text.split(separator: " ").dropFirst(2).first?.split(separator: ".")
        guard let numbers, numbers.count >= 2, let major = Int(numbers[0]),
            let minor = Int(numbers[1])
        else { return nil }
        self.init(major, minor)
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (a: GitVersion, b: GitVersion) -> Bool {
        (a.major, a.minor) < (b.major, b.minor)
    }
}

/// The `git` program, for the few things that libgit2 cannot do as the user's git does: the one place that starts it.
///
/// It runs without hooks, file-system monitor and signing, and without any `GIT_…` variable that would lead it to
/// another repository; the user's configuration is read otherwise.
package struct GitProgram: Sendable {
    private let path: String
    private let environment: [String: String]
    /// What the program said when it was found.
    package let version: GitVersion

    /// Finds the program on the PATH; nil when there is none that tells its version.
    package static func find(in environment: [String: String]) async -> GitProgram? {
        guard let root = AbsolutePath("/") else { return nil }
        let clean = Environment.forGit(environment)
        let command = Command(
            ["git", "version"], in: root, environment: clean,
            timeout: .seconds(10))
        // A program that cannot be started is as good as none.
        guard let output = try? await ProgramRun.run(command), output.ending.isSuccess,
            let version = GitVersion(parsing: output.text)
        else { return nil }
        return GitProgram(path: "git", environment: clean, version: version)
    }

    /// Runs one git command to its end; its exit status is part of the answer, not an error.
    ///
    /// - Parameter timeout: how long it may take; the ending tells when it was too long.
    package func run(
        _ arguments: [String], in folder: AbsolutePath, input: [UInt8] = [],
        environment additions: [String: String] = [:], timeout: Duration? = nil
    ) async throws(ProcessError) -> ProgramRun.Output {
        let quiet = [
            "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
            "-c", "commit.gpgsign=false", "-c", "gc.auto=0",
        ]
        return try await ProgramRun.run(
            Command(
                [path] + quiet + arguments, in: folder,
                environment: environment.merging(["GIT_OPTIONAL_LOCKS": "0"]) { $1 }
                    .merging(additions) { $1 },
                input: input, timeout: timeout))
    }
}
