import Base

/// Reading without mounts: Landlock knows no "all but", so all that is beside a hidden place is named.
enum ReadableFiles {
    /// The outermost places that hold all files but the hidden ones; nil when nothing is hidden.
    ///
    /// A file that comes to be later, beside a place on the way to a hidden one, cannot be read.
    /// - Parameters:
    ///   - hidden: Only those that are there count.
    ///   - shown: Places below hidden ones that can be read all the same.
    static func everything(
        but hidden: [AbsolutePath], and shown: [AbsolutePath],
        list: (AbsolutePath) -> [String] = { (try? Files.list($0)) ?? [] }  // Unlisted: unread.
    ) -> [AbsolutePath]? {
        guard !hidden.isEmpty, let root = AbsolutePath("/") else { return nil }
        let hidden = Set(hidden)
        let onTheWay = Set(hidden.flatMap { above($0) })
        var readable = shown.filter { !onTheWay.contains($0) }
        var open = [root] + shown.filter { onTheWay.contains($0) }
        while let folder = open.popLast() {
            for name in list(folder) {
                let child = folder.appending(name)
                if hidden.contains(child) { continue }
                if onTheWay.contains(child) {
                    open.append(child)
                } else {
                    readable.append(child)
                }
            }
        }
        return readable
    }

    /// The folders that hold it, innermost first.
    private static func above(_ path: AbsolutePath) -> [AbsolutePath] {
        Array(sequence(first: path) { $0.parent == $0 ? nil : $0.parent }.dropFirst())
    }
}
