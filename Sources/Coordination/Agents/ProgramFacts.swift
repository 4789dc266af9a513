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
        // That it could not be asked is the answer.
        guard let output = try? await ProgramRun.run(command, limit: 1 << 20) else { return }
        answer =
            (output.text + output.errorText)
            .split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        if case .exited(0) = output.ending { version = ProgramVersion(in: answer) }
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
