import Agents
import Base
import Git
import Processes
import Tasks

extension Coordinator {
    /// Runs an agent program in a tree, recorded as an effect.
    ///
    /// An interrupted one leaves the effect open: it goes on in the same tree and session where it can be resumed,
    /// else the result says that nobody knows how it ended.
    func runProgram(
        _ profile: ProgramProfile, _ work: AgentWork, in tree: TreeRecord, kind: String,
        key: String,
        task: TaskID?, environment: [String: String]
    ) async throws -> WorkerEnd {
        let folders = context.folders
        let intent: JSON = [
            "log": .string(folders.log(of: key).description),
            "transcript": .string(folders.transcript(of: key).description),
            "program": .string(profile.name), "agent": .string(work.agent),
            "branch": .optional(work.branch),
        ]
        let effect = Coordinator.effectKey(key, life: work.life)
        return try await once(kind, effect, task: task, intent: intent) { pending in
            let isRepeated = pending != nil || !work.life.isFirst
            // A program that cannot be resumed begins anew, in a tree of its own if nobody stopped it.
            if pending != nil, !profile.isResumable { return .lost }
            if let task { self.tell(.worker(task, log: folders.log(of: key))) }
            let began = Timestamp.now
            let run = await self.drive(
                profile, work, in: tree, key: key, task: task, environment: environment,
                isRepeated: isRepeated)
            let litter = await self.trees.takeLitter(profile.litter, of: tree, key: key)
            let crossings = await self.tripwire.end(key)
            try await self.note(crossings, task: task)
            if let litter { self.tell(.note("\(work.name): \(litter)")) }
            return WorkerEnd(
                try await self.judged(run, of: profile, task: task),
                seconds: Timestamp.now.seconds(since: began), wasStopped: run.ending == .cancelled
            ).blamed(
                for: crossings.filter { $0.by == .worker }.flatMap(\.paths), deniedBySandbox: false)
        }
    }

    /// Tells a program's own end from one that the run has to be taken up after.
    private func judged(
        _ run: ProgramEnd, of profile: ProgramProfile, task: TaskID?
    ) async throws -> AgentEnd {
        if run.ending == .cancelled, !(task.map(stoppedTasks.contains) ?? false) {
            throw Interrupted()
        }
        if run.suspendsRun {
            tell(.note("\(run.message(of: profile)); the run waits to be resumed"))
            // Those of other services end what they have begun.
            stop(.drain, because: StopReason(.service, run.message(of: profile)))
            throw Interrupted()
        }
        return AgentEnd(run, of: profile)
    }

    private func drive(
        _ profile: ProgramProfile, _ work: AgentWork, in tree: TreeRecord, key: String,
        task: TaskID?, environment: [String: String], isRepeated: Bool
    ) async -> ProgramEnd {
        guard let crew else { return ProgramEnd(ending: .notStarted("no crew is at hand")) }
        let driver: ProgramDriver
        do {
            let watch = AgentWatch(
                run: context.run, task: task, ledger: ledger, log: nil, tell: tell)
            let home = try ProgramHome(
                profile, user: crew.means.home, at: trees.results(of: key).appending("home"))
            driver = try ProgramDriver(
                try await programWork(
                    profile, work, home, in: tree, key: key, task: task, environment, crew),
                await crew.shared(by: profile, secrets: home.secrets)
            ) { await watch.take($0) }
        } catch {
            return ProgramEnd(ending: .notStarted(TreeKeeper.words(for: error)))
        }
        await tripwire.begin(key)
        for message in task.flatMap({ messages.removeValue(forKey: $0) }) ?? [] {
            _ = driver.send(message)
        }
        let running = Task { await driver.run(isRepeated: isRepeated) }
        self.running[key] = RunningWorker(task: task, send: { driver.send($0) }) {
            running.cancel()
            Task { await driver.stop() }
        }
        // A stop may have come while the program was made ready.
        if stopLevel == .stop || task.map(stoppedTasks.contains) ?? false {
            running.cancel()
            await driver.stop()
        }
        let run = await running.value
        self.running[key] = nil
        trees.maskResult(driver.shared.mask, key: key)
        if run.isSuccess, !run.text.isEmpty { trees.summarise(run.text, key: key) }
        return run
    }

    private func programWork(
        _ profile: ProgramProfile, _ work: AgentWork, _ home: ProgramHome, in tree: TreeRecord,
        key: String, task: TaskID?, _ environment: [String: String], _ crew: AgentCrew
    ) async throws -> ProgramWork {
        let folders = context.folders
        let program = try await crew.path(of: profile)
        let isConfined = context.options.sandbox.isOn && SandboxSupport.probed.holdsWrites
        return ProgramWork(
            name: work.name, profile: profile, text: work.instructions,
            place: ProgramLaunch.Place(
                program: program, tree: tree.path,
                promptFile: folders.records(of: key).appending("prompt.md"), home: home.folder,
                isConfined: isConfined, environment: environment,
                userEnvironment: crew.means.environment),
            sandbox: trees.sandbox(
                of: tree, key: key, sharing: home.linked),
            files: ProgramWork.Files(
                log: folders.log(of: key), errors: folders.records(of: key).appending("errors"),
                status: folders.records(of: key).appending("status"),
                transcript: folders.transcript(of: key),
                record: folders.programRecord(of: key)),
            timeout: work.timeout, owners: owners(of: task),
            logLimit: context.options.logLimit)
    }
}
