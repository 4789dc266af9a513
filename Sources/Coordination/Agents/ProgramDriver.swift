import Agents
import Base
import Processes

/// Carries one agent program through its work: as many processes as messages and its own end ask for.
///
/// Runs on a lane of its own, because it writes files.
actor ProgramDriver {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    /// What the programs of a run share.
    struct Shared: Sendable {
        /// Holds starts while the program's provider refuses calls.
        let gate: ModelGate
        let budgets: BudgetKeeper
        let prices: Prices
        let mask: SecretMask
        var time = Timekeeper.system
    }

    nonisolated let work: ProgramWork
    nonisolated let shared: Shared
    /// Messages that it has not been given yet.
    nonisolated let mailbox = AgentMailbox()
    nonisolated private let lane = Lane(label: "program")
    nonisolated let tell: @Sendable (AgentProgress) async -> Void
    let transcript: Transcript
    var record: ProgramRecord
    var log: BoundedLog
    /// While it runs.
    var process: SupervisedProcess?
    var input: ProcessInput?
    var isStopped = false
    /// Messages that it was given and that are not in the transcript yet.
    var given: [String] = []
    /// What was counted in the budgets of the process that runs.
    var charged = AgentUsage()

    /// Makes nothing but files.
    init(
        _ work: ProgramWork, _ shared: Shared,
        tell: @escaping @Sendable (AgentProgress) async -> Void
    ) throws {
        self.work = work
        self.shared = shared
        self.tell = tell
        record = ProgramRecord(work.files.record)
        log = try BoundedLog(work.files.log, limit: work.logLimit)
        transcript = try Transcript(opening: work.files.transcript)
    }

    /// Takes a message, now or when it can be resumed; false when it has ended.
    nonisolated func send(_ text: String) -> Bool {
        guard mailbox.send(text) else { return false }
        Task { await deliver() }
        return true
    }

    /// Begins its end.
    func stop() {
        isStopped = true
        process?.stop()
    }

    /// Runs the program until it has done its work and read all messages, or cannot go on.
    ///
    /// - Parameter isRepeated: An earlier process of ours was interrupted: its session is gone on with.
    func run(isRepeated: Bool) async -> ProgramEnd {
        let began = shared.time.now()
        // Whoever sent a message has said what to go on with.
        var told = ProgramTold(
            work.text, session: isRepeated ? session : nil,
            messages: record.unanswered + mailbox.take())
        var tries = Tries()
        while true {
            if let ending = await refusal(since: began) { return end(ending, "") }
            let left = work.timeout.map { $0 - shared.time.now().since(began) }
            let round: ProgramRound
            do throws(FileError) { round = try await run(told, timeout: left) } catch {
                return end(.unrecorded(error), "")
            }
            guard let next = await next(after: round, told, &tries) else {
                return end(round.ending, round.text)
            }
            told = next
            if round.ending == .finished {
                for message in told.messages { await tell(.messageTaken(message)) }
            }
        }
    }

    /// What another process is to be told; nil when the work is done, or cannot go on.
    private func next(
        after round: ProgramRound, _ told: ProgramTold, _ tries: inout Tries
    ) async -> ProgramTold? {
        if isStopped { return nil }
        if told.session != nil, round.isUnknownSession {
            // Nothing was done in this process: what it knew is gone, and its tree tells the rest.
            return ProgramTold(work.text, session: nil, messages: told.messages)
        }
        if round.ending.isBreak, tries.breaks < Tries.mostBreaks, let session {
            tries.breaks += 1
            return ProgramTold(work.text, session: session, messages: record.unanswered)
        }
        if let error = round.refusal, tries.refusals < Tries.waits.count {
            await pause(error, try: tries.refusals)
            tries.refusals += 1
            return ProgramTold(work.text, session: session, messages: record.unanswered)
        }
        guard round.ending == .finished else { return nil }
        let messages = mailbox.take()
        // One may come between the two looks.
        if messages.isEmpty, mailbox.closeIfEmpty() { return nil }
        return ProgramTold(
            work.text, session: session, messages: messages.isEmpty ? mailbox.take() : messages)
    }

    /// How often the program was started again, and why.
    private struct Tries {
        /// After somebody else had ended it.
        var breaks = 0
        /// After its service had refused it.
        var refusals = 0

        static let mostBreaks = 2
        /// Before each try after a refusal that does not say how long to wait.
        static let waits: [Duration] = [.seconds(5), .seconds(20), .seconds(60)]
    }

    /// Keeps all starts of programs of the same provider waiting.
    private func pause(_ error: ModelError, try number: Int) async {
        var error = error
        let wait = error.retryAfter ?? Tries.waits[number]
        error.retryAfter = wait
        await shared.gate.heard(error)
        await tell(
            .retrying(
                ModelEvent.Retry(
                    attempt: number + 1, tries: Tries.waits.count + 1, wait: wait, error: error)))
    }

    /// What the program can be resumed with.
    private var session: String? { work.profile.isResumable ? record.session : nil }

    private func refusal(since began: Timestamp) async -> ProgramEnd.Ending? {
        if isStopped || Task.isCancelled { return .cancelled }
        if let limit = work.timeout, shared.time.now().since(began) >= limit {
            return .timeout(limit)
        }
        let refusal = await shared.budgets.refusal(
            for: work.owners, model: work.profile.model ?? "")
        return refusal.map { .budget($0) }
    }

    private func end(_ ending: ProgramEnd.Ending, _ text: String) -> ProgramEnd {
        ProgramEnd(
            ending: isStopped ? .cancelled : ending, text: text, usage: record.usage,
            denials: record.denials)
    }

    /// Writes what is in the mailbox to a program that reads messages while it works; how many it took.
    @discardableResult
    func deliver() async -> Int {
        guard work.profile.takesMessages, let input else { return 0 }
        var count = 0
        for message in mailbox.take() {
            guard await input.write(ProgramLaunch.message(message)) else {
                // It reads no more: the next process of it will.
                _ = mailbox.send(message)
                continue
            }
            count += 1
            given.append(message)
            record.unanswered.append(message)
            await tell(.messageTaken(message))
        }
        // It is told again after a death if this cannot be kept: no more is lost.
        if count > 0 { try? record.write() }
        return count
    }
}
