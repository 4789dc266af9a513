import Base
import Git

/// Where the program's own files lie, by the XDG base directory specification.
struct SettingsPlaces: Sendable {
    let folder: AbsolutePath
    let home: AbsolutePath?
    /// Nil when neither XDG_CONFIG_HOME nor HOME is an absolute path.
    let userFile: AbsolutePath?
    /// Nil when neither XDG_STATE_HOME nor HOME is an absolute path.
    let trustFile: AbsolutePath?

    init(folder: AbsolutePath, environment: [String: String]) {
        self.folder = folder
        let home = environment["HOME"].flatMap { AbsolutePath($0) }
        self.home = home
        func place(_ variable: String, _ below: String) -> AbsolutePath? {
            // Relative paths in these variables must be ignored, says the specification.
            environment[variable].flatMap { AbsolutePath($0) } ?? home?.appending(below)
        }
        userFile = place("XDG_CONFIG_HOME", ".config")?.appending("treeguild/config.yaml")
        trustFile = place("XDG_STATE_HOME", ".local/state")?.appending("treeguild/trust.json")
    }

    /// The repository's folders; nil outside a repository. Blocks.
    func layout() throws(GitError) -> RepositoryLayout? {
        do throws(GitError) {
            return try Repository(at: folder).layout
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }
}

extension RepositoryLayout {
    /// The repository's settings; nil when it is bare.
    var settingsFile: AbsolutePath? { mainWorktree?.appending(".treeguild/config.yaml") }
}
