import Dispatch
import Glibc

/// Signals as values, for the process as a whole.
package enum Signals {
    /// Delivers the given signals as they come instead of letting them end the process.
    ///
    /// The stream holds back at most 16, ends when its consumer is cancelled, and then the signals have their usual
    /// effect again, save ``wake``, which has none.
    package static func stream(_ numbers: [Int32]) -> AsyncStream<Int32> {
        AsyncStream(bufferingPolicy: .bufferingNewest(16)) { continuation in
            let queue = DispatchQueue(label: "signals")
            let sources = numbers.map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { @Sendable in continuation.yield(number) }
                source.resume()
                return SourceBox(source: source, number: number)
            }
            continuation.onTermination = { @Sendable _ in
                for box in sources {
                    box.source.cancel()
                    // A wish to look at the ledger that comes too late must not end the process.
                    signal(box.number, box.number == wake ? SIG_IGN : SIG_DFL)
                }
            }
        }
    }

    /// A dispatch source is thread-safe; its protocol does not say so.
    private struct SourceBox: @unchecked Sendable {
        let source: any DispatchSourceSignal
        let number: Int32
    }

    /// Ctrl-C at the terminal.
    package static let interrupt = SIGINT
    /// What `kill`, a service manager or a CI runner sends first.
    package static let terminate = SIGTERM
    /// Asks a run to look for requests in its ledger.
    package static let wake = SIGUSR1
}
