import Base
import Coordination
import Git
import Processes
import Tasks

/// The sandbox of a new run: from plan, settings and options, refused where it would protect nothing.
enum RunSandbox {
    /// Resolves and checks; nothing is touched but folders that the user grants, which are made.
    static func options(
        _ plan: Plan, _ settings: Settings, _ place: RunPlace, _ invocation: Invocation
    ) async throws -> SandboxOptions {
        let home = invocation.environment["HOME"].flatMap { AbsolutePath($0) }
        let repository = place.layout.mainWorktree ?? place.layout.commonDirectory
        let secrets = await BlockingCalls.run {
            place.layout.mainWorktree.map { Self.secrets(in: $0) } ?? []
        }
        var options = SandboxOptions(
            plan.sandbox, home: home, repository: repository,
            environment: invocation.environment, secrets: secrets)
        options.isOn = !invocation.has("no-sandbox")
        guard options.isOn else { return options }
        let asked = SandboxOptions(
            plan.sandbox, home: home, repository: repository, environment: [:], secrets: []
        ).write.suffix(plan.sandbox.write.count)
        for path in asked {
            for own in [repository, place.layout.commonDirectory] where own.isInside(path) {
                throw CommandError(
                    .usage, "sandbox_open",
                    "sandbox.write names \(path), which holds the repository \(own)",
                    hint:
                        "name folders beside or inside it; to switch the sandbox off: --no-sandbox")
            }
        }
        try checkHidden(plan, home, repository, place, settings, invocation)
        try check(options, .probed)
        await BlockingCalls.run {
            for path in asked
            where !path.isInside(repository) && Files.kind(of: path, followingLinks: true) == nil {
                // A right cannot be given to what is not there. What cannot be made stays denied.
                try? Files.makeFolder(path, mode: 0o700)
            }
        }
        return options
    }

    /// Refuses what could not be hidden, or not without hiding what workers work in.
    private static func checkHidden(
        _ plan: Plan, _ home: AbsolutePath?, _ repository: AbsolutePath, _ place: RunPlace,
        _ settings: Settings, _ invocation: Invocation
    ) throws {
        if let pattern = plan.sandbox.hide.first(where: { $0.contains { "*?[".contains($0) } }) {
            throw CommandError(
                .usage, "sandbox_pattern",
                "sandbox.hide names '\(pattern)', and patterns hide nothing",
                hint: "name the folder, or each file")
        }
        let run = try place.folders(
            for: place.newRun(invocation, asked: nil), settings, invocation)
        // Its last elements are what was asked for.
        let hidden = SandboxOptions(
            plan.sandbox, home: home, repository: repository, environment: [:], secrets: []
        ).hide.suffix(plan.sandbox.hide.count)
        for path in hidden {
            let real = (try? Files.resolve(path)) ?? path  // What is not there has the name given.
            for own in [repository, place.layout.commonDirectory, run.trees.parent]
            where own.isInside(real) {
                throw CommandError(
                    .usage, "sandbox_closed",
                    "sandbox.hide names \(path), which holds \(own), where workers work",
                    hint: "name the folders inside it that are to be hidden; or let the setting "
                        + "worktrees name a folder elsewhere")
            }
        }
    }

    /// Refuses what was asked for in so many words and cannot be had.
    static func check(_ options: SandboxOptions, _ support: SandboxSupport) throws {
        guard options.network != .all, support.network != 0 else { return }
        throw CommandError(
            .refused, "no_network_namespace",
            "sandbox.network is \(options.network.rawValue), and this system lets this user make no "
                + "network namespace: \(FileError("unshare", "", code: support.network).reason)",
            hint: "treeguild doctor tells what is missing; or leave sandbox.network out")
    }

    /// What is missing of the sandbox, said when a run begins.
    static func warnings(_ options: SandboxOptions, _ support: SandboxSupport) -> [String] {
        SandboxRecord(options, support).gaps.map { "sandbox: " + $0 }
    }

    /// Files such as `.env` of the main worktree, in the folders nearest to its root.
    static func secrets(in folder: AbsolutePath) -> [AbsolutePath] {
        var found: [AbsolutePath] = []
        var open = [folder]
        var next = 0
        // Enough for a repository of many packages, and soon done in one of very many.
        while next < open.count, next < 2000 {
            let folder = open[next]
            next += 1
            // What cannot be listed cannot be listed by workers either.
            for name in (try? Files.list(folder)) ?? [] {
                let path = folder.appending(name)
                if name == ".env" || name.hasPrefix(".env.") {
                    found.append(path)
                } else if open.count < 2000, name != "node_modules",
                    // Most names with a dot are files: to ask of each would take too long.
                    !name.contains("."),
                    Files.kind(of: path) == .folder
                {
                    open.append(path)
                }
            }
        }
        return found
    }
}
