import Base

/// What `bench trees` is told.
struct TreesOptions {
    var counts = [1, 8, 50]
    var files = 12_000
    var rounds = 3
    var seed: UInt64 = 1
    /// Folder on the file system to measure; nil is the one in memory.
    var disk: AbsolutePath?
    /// A repository to clone in place of a made one.
    var repository: AbsolutePath?
    /// Names of ways, or parts of them; empty is all.
    var ways: [String] = []

    static let usage = """
        usage: scripts/bench trees [OPTION...]
          --trees N[,N...]    trees at once (1,8,50)
          --files N           files of the repository that is made (12000)
          --seed N            of its names, sizes and contents (1)
          --repository PATH   measure on a clone of this repository instead
          --disk FOLDER       file system to measure, by a folder on it (memory)
          --rounds N          of which the median counts (3)
          --ways A[,B...]     only the ways whose names contain one of these
        """

    /// nil, after saying why, when an argument is not understood.
    init?(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst(), try take(option, value) else {
                print(TreesOptions.usage)
                return nil
            }
        }
    }

    private mutating func take(_ option: String, _ value: String) throws -> Bool {
        switch option {
        case "--trees":
            counts = value.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
            return !counts.isEmpty
        case "--files": return Self.set(&files, Int(value).flatMap { $0 > 0 ? $0 : nil })
        case "--rounds": return Self.set(&rounds, Int(value).flatMap { $0 > 0 ? $0 : nil })
        case "--seed": return Self.set(&seed, UInt64(value))
        case "--disk":
            disk = AbsolutePath(value, relativeTo: try Files.currentFolder())
            return true
        case "--repository":
            repository = AbsolutePath(value, relativeTo: try Files.currentFolder())
            return true
        case "--ways":
            ways = value.split(separator: ",").map(String.init)
            return true
        default: return false
        }
    }

    private static func set<Value>(_ place: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        place = value
        return true
    }

    func includes(_ way: String) -> Bool {
        ways.isEmpty || ways.contains { way.contains($0) }
    }
}
