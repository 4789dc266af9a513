package import Base

/// A pattern for absolute paths as rules write it: git's, with a start that says from where.
package struct PathRule: Hashable, Sendable {
    private let base: AbsolutePath
    private let text: String
    private let pattern: IgnorePattern?

    package static func == (a: PathRule, b: PathRule) -> Bool {
        a.base == b.base && a.text == b.text
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(base)
        hasher.combine(text)
    }

    /// Where patterns start.
    package struct Bases: Hashable, Sendable {
        /// For `src/**` and `./src/**`: the worker's tree.
        package let tree: AbsolutePath
        /// For `/src/**`: the folder that the settings file is about.
        package let settings: AbsolutePath
        /// For `~/x`; nil where nobody has a home.
        package let home: AbsolutePath?

        /// Starts of these kinds.
        package init(tree: AbsolutePath, settings: AbsolutePath, home: AbsolutePath?) {
            self.tree = tree
            self.settings = settings
            self.home = home
        }
    }

    /// Takes `//absolute`, `~/home`, `/settings`, `relative`.
    ///
    /// - Parameter forbids: A relative pattern that forbids or asks holds wider: a name at any
    ///   place, and `folder/**` at any depth.
    package init(_ pattern: String, bases: Bases, forbids: Bool) {
        text = pattern
        let root = AbsolutePath("/", relativeTo: bases.tree)
        var rest = pattern[...]
        if rest.hasPrefix("//") {
            (base, rest) = (root, rest.dropFirst(1))
        } else if rest.hasPrefix("~/"), let home = bases.home {
            (base, rest) = (home, rest.dropFirst(1))
        } else if rest.hasPrefix("/") {
            base = bases.settings
        } else {
            let slashes = rest.split(separator: "/", omittingEmptySubsequences: false)
            let isName = slashes.count == 1 || (slashes.count == 2 && slashes[1].isEmpty)
            let isFolder = slashes.count == 2 && slashes[1] == "**"
            base = forbids && isName ? root : bases.tree
            if rest.hasPrefix("./") {
                rest = rest.dropFirst(1)
            } else if forbids, isFolder {
                rest = "**/" + rest
            }
        }
        self.pattern = IgnorePattern(Array(rest.utf8)[...])
    }

    /// True for a path that the pattern covers, or that lies below one.
    package func matches(_ path: AbsolutePath) -> Bool {
        guard let pattern, path != base, path.isInside(base) else {
            return path == base && ["/**", "**", ".", "./", "./**"].contains(text)
        }
        let skipped = base.description == "/" ? 1 : base.description.utf8.count + 1
        let bytes = Array(path.description.utf8.dropFirst(skipped))
        var end = bytes.count
        while end > 0 {
            if pattern.matches(bytes[..<end], isFolder: end < bytes.count) { return true }
            end = bytes[..<end].lastIndex(of: 0x2f) ?? 0
        }
        // What is named may itself be a folder.
        return pattern.matches(bytes[...], isFolder: true)
    }
}

/// Paths that no worker may touch, whatever its mode: what rules deny, and secrets.
package struct PathDenials: Sendable {
    private let reading: [PathRule]
    private let editing: [PathRule]
    private let secrets: PathDenialSet

    /// Paths that may not be read, nor written, and paths that may only not be written.
    ///
    /// - Parameter bases: Where the patterns of ``SensitiveFiles`` start; nil leaves them out.
    package init(reading: [PathRule], editing: [PathRule], bases: PathRule.Bases? = nil) {
        self.reading = reading
        self.editing = editing
        secrets = bases.map(PathDenialSet.init) ?? PathDenialSet()
    }

    /// Denies nothing.
    package static let none = PathDenials(reading: [], editing: [])

    /// True when nothing is denied.
    package var isEmpty: Bool { reading.isEmpty && editing.isEmpty && secrets.paths.isEmpty }

    /// Whether a path may not be read, or where `editing` not be written.
    package func denies(_ path: AbsolutePath, editing isEditing: Bool) -> Bool {
        reading.contains { $0.matches(path) }
            || isEditing && editing.contains { $0.matches(path) }
            || secrets.holds(path, editing: isEditing)
    }
}

/// ``SensitiveFiles`` with its patterns made.
private struct PathDenialSet: Sendable {
    var paths: [PathRule] = []
    var ownFolders: [PathRule] = []
    var exceptions: [PathRule] = []

    init() {}

    init(_ bases: PathRule.Bases) {
        func rules(_ texts: [String]) -> [PathRule] {
            texts.map { PathRule($0, bases: bases, forbids: true) }
        }
        paths = rules(SensitiveFiles.secrets)
        ownFolders = rules(SensitiveFiles.unwritable)
        exceptions = rules(SensitiveFiles.exceptions)
    }

    func holds(_ path: AbsolutePath, editing: Bool) -> Bool {
        if editing, ownFolders.contains(where: { $0.matches(path) }) { return true }
        return paths.contains { $0.matches(path) } && !exceptions.contains { $0.matches(path) }
    }
}

/// Files whose content is a secret almost everywhere.
package enum SensitiveFiles {
    /// Patterns of what no worker may read or write.
    package static let secrets = [
        ".env", ".env.*", ".envrc", ".netrc", ".git-credentials", ".pypirc", ".pgpass", "id_rsa",
        "id_dsa", "id_ecdsa", "id_ed25519", ".ssh/", ".gnupg/", ".aws/", ".kube/",
        "//**/.docker/config.json",
    ]

    /// Patterns of what no worker may write: git's own, which its program writes.
    package static let unwritable = [".git"]

    /// Names that look like the above and are meant to be shared.
    package static let exceptions = [".env.example", ".env.sample", ".env.template", ".env.dist"]
}
