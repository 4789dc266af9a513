package import Base

/// A program to run, with all that it will see.
package struct Command: Sendable {
    /// The program and its arguments. A name without `/` is searched along the PATH of ``environment``.
    package var arguments: [String]
    /// The folder in which it starts.
    package var folder: AbsolutePath
    /// All of its environment: nothing is inherited.
    package var environment: [String: String]
    /// What it reads as its standard input.
    package var input: [UInt8]
    /// How long it may run; then ``teardown`` begins.
    package var timeout: Duration?
    /// How it is asked to end.
    package var teardown: Teardown

    /// A command of at least the program's name.
    package init(
        _ arguments: [String], in folder: AbsolutePath, environment: [String: String],
        input: [UInt8] = [], timeout: Duration? = nil, teardown: Teardown = .standard
    ) {
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.input = input
        self.timeout = timeout
        self.teardown = teardown
    }

    /// A text for `/bin/sh -c`.
    package static func shell(
        _ text: String, in folder: AbsolutePath, environment: [String: String],
        input: [UInt8] = [], timeout: Duration? = nil, teardown: Teardown = .standard
    ) -> Command {
        Command(
            ["/bin/sh", "-c", text], in: folder, environment: environment, input: input,
            timeout: timeout, teardown: teardown)
    }

    /// The files to try in turn for the program's name.
    var candidates: [String] {
        guard let name = arguments.first, !name.isEmpty else { return [] }
        if name.contains("/") { return [name] }
        // An empty part of PATH is the current folder, and so is what execvp(3) falls back to.
        return (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
            .split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "./" + name : $0 + "/" + name }
    }
}

/// How a worker is asked to end: signals, and the time after each for ending by itself.
///
/// Whatever the steps are, KILL comes after the last.
package struct Teardown: Hashable, Sendable {
    /// One signal and the wait after it.
    package struct Step: Hashable, Sendable {
        /// The signal's number; 0 sends none and only waits.
        package let signal: Int32
        /// The next step comes after it, or at once when nothing is left to end.
        package let grace: Duration

        /// A step that sends `signal` first.
        package init(signal: Int32, grace: Duration) {
            self.signal = signal
            self.grace = grace
        }
    }

    /// In their order; KILL follows by itself.
    package let steps: [Step]

    /// A teardown of these steps; none means KILL at once.
    package init(steps: [Step]) { self.steps = steps }

    /// INT and 5 s, TERM and 3 s: agent programs save their state on INT.
    package static let standard = Teardown(steps: [
        Step(signal: 2, grace: .seconds(5)), Step(signal: 15, grace: .seconds(3)),
    ])

    /// KILL at once.
    package static let immediate = Teardown(steps: [])
}

extension Duration {
    /// Whole milliseconds, 0 for negative durations, the largest number for those too long.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64.max / 2000 else { return Int64.max / 2 }
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
