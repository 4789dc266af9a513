import Base

extension HeadingRule {
    /// The built-in rule of the language that a file's name tells; nil where it tells none.
    static func language(of path: RepositoryPath) -> HeadingRule? {
        let name = String(decoding: path.name, as: UTF8.self)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        let ending = name[name.index(after: dot)...].lowercased()
        return drivers[ending].flatMap { builtIn[$0] }
    }

    private static let drivers: [String: String] = {
        let endings: [(driver: String, endings: String)] = [
            ("ada", "adb ads"), ("bash", "sh bash"), ("cpp", "c h cc cpp cxx hh hpp hxx"),
            ("csharp", "cs"), ("elixir", "ex exs"), ("fortran", "f f90 f95 f03"), ("golang", "go"),
            ("java", "java"), ("kotlin", "kt kts"), ("matlab", "m"), ("objc", "mm"),
            ("pascal", "pas"), ("perl", "pl pm"), ("php", "php"), ("python", "py pyi"),
            ("ruby", "rb"), ("rust", "rs"), ("scheme", "scm"),
        ]
        var found: [String: String] = [:]
        for (driver, list) in endings {
            for ending in list.split(separator: " ") { found[String(ending)] = driver }
        }
        return found
    }()
}
