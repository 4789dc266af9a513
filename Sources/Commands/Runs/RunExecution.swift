import Base
import Coordination
import Processes
import Review
import Store
import Tasks

/// Runs a coordinator to its end: shows progress, obeys signals and other processes' requests.
struct RunExecution: Sendable {
    let output: Output
    let ledger: Ledger
    let context: RunContext
    let place: RunPlace
    let crew: AgentCrew?

    private enum Beat: Sendable {
        case event(RunEvent)
        case tick
    }

    /// Carries the run out and returns its summary.
    func run(resumed: Bool) async throws -> RunSummary {
        let (beats, sender) = AsyncStream.makeStream(
            of: Beat.self, bufferingPolicy: .unbounded)  // Few and small: a handful per task.
        let coordinator = try Coordinator(
            context: context, ledger: ledger, repository: place.repository, git: place.git,
            crew: crew
        ) { sender.yield(.event($0)) }
        let signals = Signals.stream([Signals.interrupt, Signals.terminate, Signals.wake])
        async let shown: Void = show(beats)
        let obeying = Task { await obey(signals, coordinator) }
        let ticking = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                sender.yield(.tick)
            }
        }
        let summary = await Result { try await coordinator.run(resumed: resumed) }
        obeying.cancel()
        ticking.cancel()
        sender.finish()
        await shown
        await output.endProgress()
        return try summary.get()
    }

    /// First interrupt: no new work. Second, or a request to terminate: workers are stopped.
    private func obey(_ signals: AsyncStream<Int32>, _ coordinator: Coordinator) async {
        var interrupts = 0
        for await signal in signals {
            switch signal {
            case Signals.interrupt:
                interrupts += 1
                await coordinator.stop(
                    interrupts == 1 ? .drain : .stop, because: .interrupt)
            case Signals.terminate: await coordinator.stop(.stop, because: .terminate)
            default:
                do {
                    try await coordinator.takeRequests()
                } catch {
                    await output.warn("a request could not be read from the ledger: \("\(error)")")
                }
            }
        }
    }

    private func show(_ beats: AsyncStream<Beat>) async {
        var board = RunBoard(started: .now)
        for await beat in beats {
            let now = Timestamp.now
            var event: StyledText = ""
            if case .event(let happened) = beat { event = board.take(happened, at: now) }
            if event.plain.isEmpty, !output.showsBoard { continue }
            var tails: [TaskID: String] = [:]
            if output.showsBoard { tails = await RunExecution.tails(board.logs) }
            await output.progress(board.lines(at: now, tails: tails), event: event)
        }
    }

    /// The last line of each log.
    private static func tails(_ logs: [TaskID: AbsolutePath]) async -> [TaskID: String] {
        await BlockingCalls.run {
            logs.compactMapValues { log in
                // A log that is not there yet has no last line.
                guard let tail = try? LogFile.read(log, last: 2000) else { return nil }
                let text = String(decoding: tail.bytes, as: UTF8.self)
                return text.split(whereSeparator: \.isNewline).last.map(String.init)
            }
        }
    }
}

extension Result where Failure == any Error {
    /// Keeps what an asynchronous body returns or throws.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
