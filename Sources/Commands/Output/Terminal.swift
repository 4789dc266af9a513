import Base
import Glibc

/// Columns and rows of a terminal.
struct TerminalSize: Hashable, Sendable {
    let columns: Int
    let rows: Int
}

/// The system's side of standard input, output and error. All calls block.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The size at this moment; nil when the descriptor is no terminal or has no size.
    ///
    /// Asked before each drawing, which needs no signal handler for changes.
    static func size(of descriptor: Int32) -> TerminalSize? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return nil }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// One line of standard input without its end; nil at its end.
    static func readLine() -> String? { Swift.readLine() }

    /// A broken pipe becomes an error of `write` instead of the program's end.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// A request to look at the ledger is for who works on a run: before and after that it means nothing.
    static func ignoreWakes() { signal(Signals.wake, SIG_IGN) }

    /// Opens what the caller has closed of 0, 1 and 2: a file of ours that took such a number would
    /// get the program's output.
    static func openMissingStreams() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that is missing.
            _ = open("/dev/null", O_RDWR)
        }
    }

    static func exit(_ code: ExitCode) -> Never { Glibc.exit(code.rawValue) }
}

/// Where bytes go.
struct ByteStream: Sendable {
    let isTerminal: Bool
    /// Nil where there is no terminal.
    let size: @Sendable () -> TerminalSize?
    /// Writes everything; nil when done, else the system's answer.
    let write: @Sendable ([UInt8]) -> FileError?

    /// A descriptor of this process.
    static func descriptor(_ descriptor: Int32, name: String) -> ByteStream {
        ByteStream(
            isTerminal: Terminal.isTerminal(descriptor),
            size: { Terminal.size(of: descriptor) },
            write: { bytes in
                do throws(FileError) {
                    try Files.write(bytes, to: descriptor, path: name)
                    return nil
                } catch {
                    return error
                }
            })
    }
}

extension FileError {
    /// The reader of a pipe has gone.
    var isBrokenPipe: Bool { code == EPIPE }
}
