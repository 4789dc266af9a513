import Agents
import Base
import Processes

/// What came of one process of a program.
struct ProgramRound: Sendable {
    var ending: ProgramEnd.Ending
    var text = ""
    /// Its service refused it for a reason that will be over, and it did not try again itself.
    var refusal: ModelError?
    /// It was to go on with a session, and ended before its model said a word.
    var isUnknownSession = false
}

extension ProgramDriver {
    /// One process of the program, from its start to its end.
    func run(
        _ told: ProgramTold, timeout: Duration?
    ) async throws(FileError) -> ProgramRound {
        let launch = ProgramLaunch(
            work.profile, in: work.place, text: told.text, session: told.session)
        record.unanswered = told.messages
        try record.write()
        for (file, content) in launch.files {
            try Files.replace(file, with: Array(content.utf8), mode: 0o600)
        }
        let start: ModelGate.Admission
        do throws(ModelError) { start = try await shared.gate.start(of: work.profile.name) } catch {
            if error.kind == .cancelled { return ProgramRound(ending: .cancelled) }
            return ProgramRound(ending: .failed(ProgramFault(.service(error.kind), error.message)))
        }
        let pipes: ProcessPipes
        do throws(ProcessError) {
            pipes = try ProcessPipes(talking: work.profile.takesMessages)
            process = try await SupervisedProcess.start(
                Command(
                    launch.arguments, in: work.place.tree, environment: launch.environment,
                    input: launch.input, timeout: timeout),
                log: work.files.errors, logLimit: 1 << 20, status: work.files.status,
                sandbox: work.sandbox, pipes: pipes)
        } catch {
            await shared.gate.ended(start, Self.unheard)
            return ProgramRound(
                ending: .notStarted(FileError("start", "", code: error.code).reason))
        }
        input = pipes.input
        if isStopped { process?.stop() }
        if work.profile.takesMessages { _ = await pipes.input?.write(launch.input) }
        defer { (process, input) = (nil, nil) }
        var reader = ProgramReader(
            work.profile, before: record.usage, isResumed: told.session != nil, start: start)
        do throws(FileError) {
            for entry in told.entries {
                try await keep(reader.transcript.begin(entry.text, from: entry.origin))
            }
            return try await follow(pipes, &reader, isResumed: told.session != nil)
        } catch {
            // Nothing goes on that cannot be written down.
            process?.stop()
            _ = await process?.report()
            if let start = reader.start { await shared.gate.ended(start, Self.unheard) }
            throw error
        }
    }

    private static let unheard = ModelError(.cancelled, provider: "", model: "")

    private func follow(
        _ pipes: ProcessPipes, _ reader: inout ProgramReader, isResumed: Bool
    ) async throws(FileError) -> ProgramRound {
        let watch = StallGuard(
            limit: .seconds(work.profile.stall), time: shared.time, process: process)
        reader.guardian = watch
        let watching = Task { await watch.run() }
        defer { watching.cancel() }
        charged = AgentUsage()
        while let piece = await pipes.output.next() {
            await watch.heard()
            for line in reader.lines.add(piece) { try await take(line, &reader) }
        }
        if let line = reader.lines.finish() { try await take(line, &reader) }
        guard let report = await process?.report() else {
            return ProgramRound(ending: .notStarted("it was not there"))
        }
        let errors = try takeErrors()
        if let start = reader.start {
            reader.start = nil
            await shared.gate.ended(start, Self.unheard)
        }
        for progress in reader.progress.finish() { await tell(progress) }
        let outcome = reader.stream.outcome(ProgramExit(report.ending), errors: errors)
            .priced(by: shared.prices).masked(by: shared.mask)
        await settle(outcome)
        let ending = ending(report, outcome, silence: await watch.silence, reader)
        record.usage = record.usage + outcome.usage
        record.running = AgentUsage()
        record.denials += outcome.denials
        if ending == .finished { record.unanswered = [] }
        try record.write()
        try await conclude(outcome, ending, &reader)
        var round = ProgramRound(ending: ending, text: outcome.text)
        round.refusal = refusal(outcome, ending, reader)
        if isResumed, !reader.hasAnswered, case .exit? = outcome.fault?.kind {
            round.isUnknownSession = true
        }
        return round
    }

    /// Writes the end of the process, in our words where we know more than its output.
    private func conclude(
        _ outcome: ProgramOutcome, _ ending: ProgramEnd.Ending, _ reader: inout ProgramReader
    ) async throws(FileError) {
        let end = ProgramEnd(ending: ending)
        let entries = reader.transcript.end(outcome).filter {
            if case .end = $0 { false } else { true }
        }
        let detail = end.isSuccess ? "" : end.message(of: work.profile)
        try await keep(entries + [.end(.init(word: end.word, detail: detail))])
    }

    private func keep(_ entries: [TranscriptEntry.Content]) async throws(FileError) {
        for entry in entries {
            try await transcript.append(
                entry, at: shared.time.now(), isDurable: false, mask: shared.mask)
        }
    }

    /// A refusal after which the program may be started again; nil for none.
    private func refusal(
        _ outcome: ProgramOutcome, _ ending: ProgramEnd.Ending, _ reader: ProgramReader
    ) -> ModelError? {
        guard case .failed(let fault) = ending, case .service(let kind) = fault.kind,
            !reader.hasRetried
        else { return nil }
        var error = ModelError(
            kind, provider: work.profile.provider ?? work.profile.name, model: reader.model,
            message: fault.message)
        error.retryAfter = fault.retryAfter
        return error.isTransient ? error : nil
    }

    private func ending(
        _ report: WorkerReport, _ outcome: ProgramOutcome, silence: Duration?,
        _ reader: ProgramReader
    ) -> ProgramEnd.Ending {
        if let refusal = reader.refusal { return .budget(refusal) }
        if let silence {
            // It had done its work, and only did not go.
            return reader.isOver && outcome.fault == nil ? .finished : .stalled(silence)
        }
        switch report.ending {
        case .timedOut: return .timeout(work.timeout ?? .zero)
        case .stopped where isStopped: return .cancelled
        case .couldNotStart(let code):
            if let failure = SandboxFailure(startCode: code) { return .notStarted(failure.words) }
            return .notStarted(FileError("start", "", code: code).reason)
        default: return outcome.fault.map { .failed($0) } ?? .finished
        }
    }

    private func take(
        _ line: ArraySlice<UInt8>, _ reader: inout ProgramReader
    ) async throws(FileError) {
        let line = shared.mask.all(line)
        try log.add(line + [10])
        for event in reader.stream.take(line) {
            for message in given { try await keep(reader.transcript.message(message)) }
            given = []
            try await keep(reader.transcript.take(event))
            for progress in reader.progress.take(event) {
                await tell(progress.adding(record.usage).masked(by: shared.mask))
            }
            try await act(on: event, &reader)
        }
    }

    private func act(
        on event: ProgramEvent, _ reader: inout ProgramReader
    ) async throws(FileError) {
        switch event {
        case .session(let id, let model, _):
            reader.model = model ?? reader.model
            guard record.take(session: id) else { return }
            try record.write()
        case .text, .thinking, .call:
            reader.hasAnswered = true
            guard let start = reader.start else { return }
            reader.start = nil
            await shared.gate.answered(start)
        case .used(let usage):
            record.running = usage
            try record.write()
            reader.refusal = await charge(usage, model: reader.model)
            if reader.refusal != nil { process?.stop() }
        case .retrying(let retry):
            reader.hasRetried = true
            var error = retry.error
            error.retryAfter = error.retryAfter ?? retry.wait
            if let start = reader.start {
                reader.start = nil
                await shared.gate.ended(start, error)
            } else {
                await shared.gate.heard(error)
            }
        case .rest:
            // What comes later is for the next process.
            if await deliver() == 0 {
                await input?.close()
                reader.isOver = true
                await reader.guardian?.rest()
            }
        case .turn, .result, .denied, .noise: break
        }
    }

    /// Counts what it has used since the last time; dollars as far as they are known by now.
    private func charge(_ usage: AgentUsage, model: String) async -> BudgetRefusal? {
        let cost =
            usage.isCostKnown
            ? usage.cost : shared.prices.cost(usage.tokens, model: model) ?? charged.cost
        let tokens = { (usage: AgentUsage) in usage.tokens.totalInput + usage.tokens.output }
        let amount = Agents.Budget.Amount(
            money: max(0, cost - charged.cost), tokens: max(0, tokens(usage) - tokens(charged)))
        let turns = max(0, usage.turns - charged.turns)
        charged = usage
        charged.cost = max(cost, charged.cost)
        return await shared.budgets.charge(amount, turns: turns, model: model, to: work.owners)
    }

    /// Counts the rest at its end: what nobody knows the price of is unknown from now on.
    private func settle(_ outcome: ProgramOutcome) async {
        _ = await charge(outcome.usage, model: outcome.model ?? "")
        if !outcome.usage.isCostKnown, outcome.usage.turns > 0 {
            _ = await shared.budgets.charge(
                Agents.Budget.Amount(money: nil, tokens: 0), turns: 0, model: outcome.model ?? "",
                to: work.owners)
        }
    }

    /// The end of what it wrote to standard error; the log has it from then on.
    private func takeErrors() throws(FileError) -> String {
        let file = work.files.errors
        // What cannot be read says nothing.
        guard let tail = try? LogFile.read(file, last: 1 << 14), !tail.bytes.isEmpty else {
            return ""
        }
        let bytes = shared.mask.all(tail.bytes[...])
        try log.add(bytes)
        try Files.removeFile(file)
        try Files.removeFile(AbsolutePath(file.description + ".1", relativeTo: file))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Reads what one process of a program says.
struct ProgramReader {
    var lines = ProgramLines()
    var stream: any ProgramStream
    /// Held until its provider answers.
    var start: ModelGate.Admission?
    var model: String
    /// A budget that is used up.
    var refusal: BudgetRefusal?
    /// Its model has said something.
    var hasAnswered = false
    /// It asked its service again by itself.
    var hasRetried = false
    /// It has said its last word, and nothing more was said to it.
    var isOver = false
    /// Ends it when it falls silent.
    var guardian: StallGuard?
    var progress: ProgramProgress
    var transcript: ProgramTranscript

    /// - Parameter before: What earlier processes used.
    init(
        _ profile: ProgramProfile, before: AgentUsage, isResumed: Bool, start: ModelGate.Admission
    ) {
        stream = profile.format.makeStream(earlier: isResumed ? before.tokens : ModelUsage())
        model = profile.model ?? ""
        self.start = start
        progress = ProgramProgress(turnsBefore: before.turns)
        transcript = ProgramTranscript(agent: profile.name, model: model)
    }
}

extension AgentProgress {
    /// With what was used before.
    fileprivate func adding(_ before: AgentUsage) -> AgentProgress {
        if case .used(let usage) = self { .used(before + usage) } else { self }
    }
}
