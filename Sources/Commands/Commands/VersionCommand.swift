import Review
import Base
import Git
import HTTP
import SQLite
import YAML

/// The body of `treeguild version`, and of `--version` anywhere.
@Sendable func versionCommand(_ invocation: Invocation) async throws -> ExitCode {
    let git = await ProgramProbe(
        folder: invocation.folder, environment: invocation.environment
    ).gitVersion()
    let libraries = [
        ("libgit2", Repository.libraryVersion), ("sqlite", SQLiteLibrary.version),
        ("libyaml", YAMLNode.libraryVersion), ("libsodium", Digest.libraryVersion),
        ("libcurl", HTTPClient.libraryVersion), ("openssl", Repository.opensslVersion),
    ]
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.version/1",
            [
                ("version", .string(Version.program)),
                ("libraries", .object(JSON.Members(libraries.map { ($0, .string($1)) }))),
                ("programs", ["git": .optional(git)]),
            ])
        return .done
    }
    await invocation.output.line("\("treeguild", .bold) \(Version.program)")
    for (name, version) in libraries { await invocation.output.line("\(name) \(version)") }
    await invocation.output.line("git \(git ?? "not found")")
    return .done
}
