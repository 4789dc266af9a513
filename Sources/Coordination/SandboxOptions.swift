package import Base
package import Processes
package import Tasks

/// The sandbox of a run's workers, fixed at its start: what was asked for, with all defaults and places resolved.
package struct SandboxOptions: Hashable, Sendable {
    /// False when the user switched it off.
    package var isOn = true
    /// Places that may be written, beside a worker's own.
    package var write: [AbsolutePath] = []
    /// Places that cannot be read.
    package var hide: [AbsolutePath] = []
    /// What of the network is there.
    package var network = Sandbox.Network.all
    /// Processes of one worker; nil for no bound.
    package var processes: Int?
    /// Bytes of memory of one worker; nil for no bound.
    package var memory: Int?

    /// A sandbox with nothing granted or hidden beyond the repository.
    package init() {}

    /// Resolves wishes against the usual.
    ///
    /// - Parameters:
    ///   - home: The user's folder, for `~/` and the usual places; nil for none.
    ///   - repository: What relative paths are relative to.
    ///   - environment: Of this process; names the places of caches and of the session.
    ///   - secrets: Files of the main worktree that hold secrets.
    package init(
        _ wishes: SandboxWishes, home: AbsolutePath?, repository: AbsolutePath,
        environment: [String: String], secrets: [AbsolutePath]
    ) {
        func place(_ text: String) -> AbsolutePath? {
            guard text == "~" || text.hasPrefix("~/") else {
                return AbsolutePath(text, relativeTo: repository)
            }
            return home?.appending(String(text.dropFirst()))
        }
        let shown = wishes.show.compactMap(place)
        let usual = UsualPlaces(home: home, environment: environment)
        write = usual.caches + wishes.write.compactMap(place)
        // One place may have several names; what is not there has the one given.
        func real(_ path: AbsolutePath) -> AbsolutePath { (try? Files.resolve(path)) ?? path }
        let open = Set(shown.map(real))
        hide =
            (usual.secrets + secrets).filter { !open.contains(real($0)) }
            + wishes.hide.compactMap(place)
        network = wishes.network.flatMap { Sandbox.Network(rawValue: $0.rawValue) } ?? .all
        processes = wishes.processes ?? 4096
        memory = wishes.memory
    }

    /// The form that the ledger keeps.
    package var json: JSON {
        [
            "on": .bool(isOn), "write": .array(write.map { .string($0.description) }),
            "hide": .array(hide.map { .string($0.description) }),
            "network": .string(network.rawValue), "processes": processes.map { .int($0) } ?? .null,
            "memory": memory.map { .int($0) } ?? .null,
        ]
    }

    /// Reads what ``json`` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let isOn = json["on"]?.boolValue,
            let network = json["network"]?.stringValue.flatMap({ Sandbox.Network(rawValue: $0) })
        else { return nil }
        func places(_ key: String) -> [AbsolutePath] {
            (json[key]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { AbsolutePath($0) } }
        }
        self.isOn = isOn
        self.network = network
        write = places("write")
        hide = places("hide")
        processes = json["processes"]?.intValue
        memory = json["memory"]?.intValue
    }
}

/// What programs usually write beside their work, and what nobody else should read.
struct UsualPlaces {
    let caches, secrets: [AbsolutePath]

    init(home: AbsolutePath?, environment: [String: String]) {
        func places(_ names: [String]) -> [AbsolutePath] {
            home.map { home in names.map { home.appending($0) } } ?? []
        }
        func variable(_ name: String) -> [AbsolutePath] {
            environment[name].flatMap { AbsolutePath($0) }.map { [$0] } ?? []
        }
        caches = places(Self.cacheNames) + variable("XDG_CACHE_HOME")
        secrets =
            places(Self.secretNames) + variable("XDG_RUNTIME_DIR")
            + Self.sockets.compactMap { AbsolutePath($0) }
    }

    /// Caches of package managers and compilers. Never a folder from which the user's shell takes programs.
    private static let cacheNames = [
        ".cache", ".npm", ".yarn", ".pnpm-store", ".local/share/pnpm/store", ".bun/install/cache",
        ".cargo/registry", ".cargo/git", ".cargo/.package-cache", ".cargo/.global-cache", ".m2",
        ".gradle", ".ivy2", ".sbt", "go/pkg", ".nuget", ".composer/cache", ".gem", ".bundle/cache",
        ".swiftpm", ".ccache", ".conan2", ".stack", ".cabal/packages", ".pub-cache", ".deno",
    ]

    /// Keys and tokens.
    private static let secretNames = [
        ".ssh", ".gnupg", ".aws", ".azure", ".config/gcloud", ".kube", ".docker/config.json",
        ".netrc", ".git-credentials", ".config/git/credentials", ".config/gh", ".config/hub",
        ".config/op", ".config/containers/auth.json", ".config/rclone", ".pypirc",
        ".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials",
        ".terraform.d/credentials.tfrc.json", ".vault-token", ".password-store",
        ".local/share/keyrings", ".mozilla", ".thunderbird", ".config/google-chrome",
        ".config/chromium", ".config/BraveSoftware", ".claude/.credentials.json",
        ".codex/auth.json", ".gemini/oauth_creds.json", ".local/share/opencode/auth.json",
    ]

    /// Services that do for others what these may not.
    private static let sockets = [
        "/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock",
        "/run/containerd/containerd.sock",
    ]
}
