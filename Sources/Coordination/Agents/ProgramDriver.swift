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

    /// How often a program that somebody else ended is started again.
    private static let mostBreaks = 2

    /// Runs the program until it has done its work and read all messages, or cannot go on.
    ///
    /// - Parameter isRepeated: An earlier process of ours was interrupted: its session is gone on with.
    func run(isRepeated: Bool) async -> ProgramEnd {
        let began = shared.time.now()
        var session = isRepeated && work.profile.isResumable ? record.session : nil
        // Whoever sent a message has said what to go on with.
        let waiting = mailbox.take()
        let said = waiting.joined(separator: "\n\n")
        var text = session == nil ? work.text : said.isEmpty ? ProgramWork.resumption : ""
        if !said.isEmpty { text += (text.isEmpty ? "" : "\n\n") + said }
        var mayBeginAnew = session != nil
        var breaks = 0
        var origin =
            session == nil
            ? TranscriptEntry.Origin.assignment : waiting.isEmpty ? .resume : .mailbox
        while true {
            if let ending = await refusal(since: began) { return end(ending, "") }
            let left = work.timeout.map { $0 - shared.time.now().since(began) }
            let round: ProgramRound
            do throws(FileError) {
                round = try await run(text, from: origin, session: session, timeout: left)
            } catch {
                return end(.unrecorded(error), "")
            }
            if mayBeginAnew, round.isUnknownSession {
                // Nothing was done in this process: what it knew is gone, and its tree tells the rest.
                text = work.text + (said.isEmpty ? "" : "\n\n" + said)
                (session, mayBeginAnew, origin) = (nil, false, .assignment)
                continue
            }
            mayBeginAnew = false
            if round.ending.isBreak, breaks < Self.mostBreaks, !isStopped,
                work.profile.isResumable, let known = record.session
            {
                breaks += 1
                (session, text, origin) = (known, ProgramWork.resumption, .resume)
                continue
            }
            guard round.ending == .finished else { return end(round.ending, round.text) }
            let messages = mailbox.take()
            if messages.isEmpty {
                guard mailbox.closeIfEmpty() else { continue }
                return end(.finished, round.text)
            }
            guard work.profile.isResumable, let known = record.session else {
                return end(.unread(messages.count + mailbox.close().count), round.text)
            }
            (session, text, origin) = (known, messages.joined(separator: "\n\n"), .mailbox)
            for message in messages { await tell(.messageTaken(message)) }
        }
    }

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
            // What it says next is its answer to all that it was told.
            given.append(message)
            await tell(.messageTaken(message))
        }
        return count
    }
}
