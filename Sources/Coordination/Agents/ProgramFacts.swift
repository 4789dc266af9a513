package import Agents
package import Base
import Processes

/// What is there of an agent program, found out without spending a token.
package struct ProgramFacts: Sendable {
    /// Whose facts they are.
    package let profile: ProgramProfile
    /// The file that would be run; nil when there is none.
    package var path: AbsolutePath?
    /// nil where it did not say, or was not asked.
    package var version: ProgramVersion?
    /// What it said in place of a version; empty for nothing.
    package var answer = ""
    /// How it would be let in by its service.
    package var login: Login

    /// How a program would be let in by its service.
    package enum Login: Hashable, Sendable {
        /// A variable that is set.
        case variable(String)
        /// A file that is there.
        case file(AbsolutePath)
        /// Neither is, and it needs one.
        case none
        /// Nobody but the program can tell.
        case unknown
    }

    /// Why a program cannot be a worker.
    package enum Problem: Error, Hashable, Sendable {
        case missing
        case tooOld(found: ProgramVersion, least: ProgramVersion)
        /// It does not even say its version; what it said.
        case broken(String)
        case notLoggedIn
    }

    /// What keeps it from working; nil for nothing that is known.
    package var problem: Problem? {
        guard path != nil else { return .missing }
        if !profile.versionArguments.isEmpty, version == nil { return .broken(answer) }
        if let version, let least = profile.leastVersion, version < least {
            return .tooOld(found: version, least: least)
        }
        return login == .none ? .notLoggedIn : nil
    }

    /// Looks for a program and asks for its version.
    ///
    /// - Parameters:
    ///   - environment: Of the user.
    ///   - home: Of the user; nil for none.
    package init(
        of profile: ProgramProfile, environment: [String: String], home: AbsolutePath?,
        folder: AbsolutePath
    ) async {
        self.profile = profile
        path = ProgramFacts.find(profile.program, environment["PATH"], home: home, folder: folder)
        login = ProgramFacts.login(of: profile, environment, home)
        guard let path, !profile.versionArguments.isEmpty else { return }
        // Ten seconds: programs of scripting languages take their time after an update.
        let command = Command(
            [path.description] + profile.versionArguments, in: folder,
            environment: Environment.forWorkers(environment)
                .merging(profile.environment.filter { !$0.value.contains("{") }) { $1 },
            timeout: .seconds(10), teardown: .immediate)
        guard let (text, isSuccess) = await ProgramFacts.answer(to: command) else { return }
        answer = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        if isSuccess { version = ProgramVersion(in: answer) }
    }

    /// What a program prints, its errors last, and whether it ended well; nothing that it started is left.
    ///
    /// Nil where it could not be asked.
    private static func answer(to command: Command) async -> (text: String, isSuccess: Bool)? {
        let folder = Files.temporaryFolder.appending(
            "treeguild-version-\(Digest.random(8).hexadecimal)")
        let (log, errors) = (folder.appending("log"), folder.appending("errors"))
        var command = command
        command.arguments =
            ["/bin/sh", "-c", "exec \"$@\" 2>\"$0\"", errors.description] + command.arguments
        // A folder that cannot be removed is a little litter.
        defer { try? Files.removeTree(folder) }
        do {
            try Files.makeFolder(folder, mode: 0o700)
            let process = try await SupervisedProcess.start(
                command, log: log, logLimit: 1 << 20, status: folder.appending("status"))
            let report = await withTaskCancellationHandler {
                await process.report()
            } onCancel: {
                process.stop()
            }
            let output = try LogFile.read(log, last: 1 << 20).bytes
            // Only its first line is looked at, and that only where nothing else was printed.
            let rest = output.isEmpty ? (try? LogFile.read(errors, last: 1 << 16))?.bytes : nil
            let text = String(decoding: output + (rest ?? []), as: UTF8.self)
            return (text, report.ending.isSuccess)
        } catch {
            return nil  // That it could not be asked is the answer.
        }
    }

    /// The first file of that name along PATH that may be run.
    private static func find(
        _ program: String, _ path: String?, home: AbsolutePath?, folder: AbsolutePath
    ) -> AbsolutePath? {
        func usable(_ file: AbsolutePath) -> Bool {
            Files.kind(of: file, followingLinks: true) == .file && Files.isExecutable(file)
        }
        if program.hasPrefix("~/") {
            return home.map { $0.appending(String(program.dropFirst(2))) }.flatMap {
                usable($0) ? $0 : nil
            }
        }
        if program.contains("/") {
            let file = AbsolutePath(program, relativeTo: folder)
            return usable(file) ? file : nil
        }
        // A part of PATH that is not absolute would mean another file in every tree.
        return (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").lazy
            .compactMap { AbsolutePath(String($0))?.appending(program) }.first(where: usable)
    }

    private static func login(
        of profile: ProgramProfile, _ environment: [String: String], _ home: AbsolutePath?
    ) -> Login {
        let names = profile.keys + profile.loginVariables
        if let set = names.first(where: { !(environment[$0] ?? "").isEmpty }) {
            return .variable(set)
        }
        let files = profile.login.compactMap { home?.appending($0) }
        if let file = files.first(where: { Files.kind(of: $0, followingLinks: true) == .file }) {
            return .file(file)
        }
        return profile.login.isEmpty ? .unknown : .none
    }
}
