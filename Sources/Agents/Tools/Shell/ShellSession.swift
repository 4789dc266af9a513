package import Base
package import Processes

/// The commands of one worker: where the next one starts, and those in the background.
package actor ShellSession {
    /// Commands that may run in the background at once.
    static let backgroundLimit = 16

    /// Where the next command starts.
    package private(set) var folder: AbsolutePath
    private let tree: AbsolutePath
    private let places: [AbsolutePath]
    private let outputs: AbsolutePath
    private let moves: AbsolutePath
    private let environment: [String: String]
    private let runner: any ShellRunner
    private let clock: any Clock<Duration>
    private let teardown: Teardown
    private var commands: [String: Running] = [:]
    private var count = 0
    private var isClosed = false

    /// A command with what is known of it.
    private struct Running {
        let text: String
        let process: any ShellProcess
        let log: AbsolutePath
        let folderFile: AbsolutePath
        var report: WorkerReport?
        var isBackground: Bool
        var wasStopped = false
        /// Bytes of the log that the model has seen.
        var seen = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isExpired = false
    }

    /// A session that starts in the tree.
    ///
    /// - Parameters:
    ///   - files: The folders that commands may end in; else the next one starts in the tree again.
    ///   - outputs: A folder for what commands print; made when it is missing. The worker may read it, and must not be
    ///     able to write there: what lies in it is written and read with this program's own rights.
    ///   - moves: A folder that commands may write in, where each leaves the folder that it ends in.
    ///   - environment: All that commands see; see ``ShellEnvironment``.
    package init(
        files: WorkerFiles, outputs: AbsolutePath, moves: AbsolutePath,
        environment: [String: String], runner: any ShellRunner,
        clock: any Clock<Duration> = ContinuousClock(),
        teardown: Teardown = .standard
    ) {
        tree = files.tree
        folder = files.tree
        places = files.places.map(\.path)
        self.outputs = outputs
        self.moves = moves
        self.environment = environment
        self.runner = runner
        self.clock = clock
        self.teardown = teardown
    }

    /// What came of a command.
    enum Outcome: Sendable {
        case ended(WorkerReport, log: AbsolutePath, note: String?)
        /// Still running under this name; true when its time was up.
        case background(id: String, log: AbsolutePath, wasExpired: Bool)
        case refused(String)
    }

    /// Runs a command and waits for its end, or until its time is up.
    func run(
        _ text: String, timeout: Duration, inBackground: Bool, mayMove: Bool
    ) async -> Outcome {
        guard !isClosed else { return .refused("The worker has ended.") }
        guard
            !inBackground
                || commands.values.count(where: isRunningInBackground)
                    < ShellSession.backgroundLimit
        else { return .refused("Too many commands run in the background; end some first.") }
        count += 1
        let id = "shell-\(count)"
        let files = (
            log: outputs.appending("\(id).log"), status: outputs.appending("\(id).status"),
            folder: moves.appending("\(id).folder")
        )
        let process: any ShellProcess
        do {
            try await OutputFolder.make(outputs)
            let command = Command(
                ["/bin/bash", "-c", ShellSession.script(text, folderFile: files.folder)],
                in: folder, environment: environment,
                timeout: inBackground || mayMove ? nil : timeout, teardown: teardown)
            process = try await runner.start(command, log: files.log, status: files.status)
        } catch let error as ProcessError {
            return .refused("The shell could not be started: \(error.text).")
        } catch {
            return .refused("The folder for output cannot be made.")
        }
        commands[id] = Running(
            text: text, process: process, log: files.log, folderFile: files.folder,
            isBackground: inBackground)
        // Ends by itself with the process; `close` ends that.
        Task {
            let report = await process.report()
            self.noteEnd(of: id, report)
        }
        if inBackground { return .background(id: id, log: files.log, wasExpired: false) }
        return await outcome(of: id, process, timeout: mayMove ? timeout : nil)
    }

    private func outcome(
        of id: String, _ process: any ShellProcess, timeout: Duration?
    ) async -> Outcome {
        let clock = clock
        let timer = timeout.map { timeout in
            // Ends with its sleep, which is cancelled below.
            Task {
                do { try await clock.sleep(for: timeout) } catch { return }
                self.expire(id)
            }
        }
        await withTaskCancellationHandler {
            await wait(for: id)
        } onCancel: {
            process.stop()
        }
        timer?.cancel()
        guard let command = commands[id] else { return .refused("The command is gone.") }
        guard let report = command.report else {
            commands[id]?.isBackground = true
            return .background(id: id, log: command.log, wasExpired: true)
        }
        commands[id] = nil
        let note = await enter(command.folderFile)
        return .ended(report, log: command.log, note: note)
    }

    /// Resumed by the command's end, or when its time is up.
    private func wait(for id: String) async {
        await withCheckedContinuation { continuation in
            if let command = commands[id], command.report == nil, !command.isExpired {
                commands[id]?.waiting.append(continuation)
            } else {
                continuation.resume()
            }
        }
    }

    private func expire(_ id: String) {
        commands[id]?.isExpired = true
        resume(id)
    }

    private func noteEnd(of id: String, _ report: WorkerReport) {
        commands[id]?.report = report
        resume(id)
    }

    private func resume(_ id: String) {
        let waiting = commands[id]?.waiting ?? []
        commands[id]?.waiting = []
        waiting.forEach { $0.resume() }
    }

    /// The folder that a command ended in is the next one's start, inside the worker's folders.
    private func enter(_ file: AbsolutePath) async -> String? {
        guard let next = await OutputFolder.folder(in: file), next != folder else { return nil }
        guard places.contains(where: { next.isInside($0) }) else {
            folder = tree
            return
                "The next command starts in \(tree) again: \(next) is outside the worker's folders."
        }
        folder = next
        return nil
    }

    private func isRunningInBackground(_ command: Running) -> Bool {
        command.isBackground && command.report == nil
    }

    /// The command's text after a line that leaves the folder it ends in.
    private static func script(_ text: String, folderFile: AbsolutePath) -> String {
        let trap = "pwd -P >\(Text.shellQuote(folderFile.description))"
        return "trap \(Text.shellQuote(trap)) EXIT\n\(text)\n"
    }

    /// What a background command printed since the last look; nil for an unknown name.
    func news(of id: String) async -> (output: LogPart, report: WorkerReport?)? {
        guard let command = commands[id] else { return nil }
        let part = await OutputFolder.part(of: command.log, from: command.seen)
        commands[id]?.seen = part.end
        return (part, commands[id]?.report)
    }

    /// Ends a command in the background and waits for that; false for an unknown or ended one.
    func stop(_ id: String) async -> Bool {
        guard let command = commands[id], command.report == nil else { return false }
        commands[id]?.wasStopped = true
        command.process.stop()
        // The task that waits for the end may come later.
        noteEnd(of: id, await command.process.report())
        return true
    }

    /// Names and texts of what runs in the background.
    package var running: [(id: String, command: String)] {
        commands.filter { isRunningInBackground($0.value) }.map { ($0.key, $0.value.text) }
            .sorted { $0.id < $1.id }
    }

    /// Ends everything and waits for that; nothing starts afterwards.
    package func close() async {
        isClosed = true
        let open = commands.filter { $0.value.report == nil }
        for command in open.values { command.process.stop() }
        // The tasks that wait for these ends may come later.
        for (id, command) in open { noteEnd(of: id, await command.process.report()) }
    }
}

extension ProcessError {
    /// The system's words.
    fileprivate var text: String { FileError("", "", code: code).reason }
}
