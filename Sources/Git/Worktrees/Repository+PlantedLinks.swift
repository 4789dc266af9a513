package import Base
import Glibc

extension Repository {
    /// Files and folders of a tree's registration and branch that lead elsewhere, by their paths.
    ///
    /// Who worked in the tree can write there: a link in the place of an index, a ref or a log would make
    /// our own writing hit the file that it leads to.
    package func plantedLinks(of tree: Worktree) -> [AbsolutePath] {
        let common = layout.commonDirectory
        var found: [AbsolutePath] = []
        search(tree.registration(in: common), &found)
        for name in tree.branch.map({ [$0, "logs/" + $0] }) ?? [] {
            var path = common
            for part in name.split(separator: "/") {
                path = path.appending(String(part))
                if leadsElsewhere(path) { found.append(path) }
            }
        }
        return found
    }

    /// Takes away symbolic links in the places of refs below a prefix that ends with `/`; what they lead to stays.
    ///
    /// libgit2 lists no ref that comes behind one.
    /// - Returns: names of those refs.
    package func removePlantedLinks(under prefix: String) throws(FileError) -> [String] {
        var removed: [String] = []
        var open = [String(prefix.dropLast())]
        while let name = open.popLast() {
            let path = layout.commonDirectory.appending(name)
            switch Files.kind(of: path) {
            case .link:
                try Files.removeFile(path)
                removed.append(name)
            case .folder: open += try Files.list(path).map { name + "/" + $0 }
            default: break
            }
        }
        return removed.sorted()
    }

    private func search(_ path: AbsolutePath, _ found: inout [AbsolutePath]) {
        if leadsElsewhere(path) { return found.append(path) }
        guard Files.kind(of: path) == .folder else { return }
        // What cannot be listed cannot be written to by us either. Repositories of submodules are not ours.
        for name in (try? Files.list(path)) ?? [] where name != "modules" {
            search(path.appending(name), &found)
        }
    }

    /// A symbolic link, or a file that has other names.
    private func leadsElsewhere(_ path: AbsolutePath) -> Bool {
        var status = stat()
        guard lstat(path.description, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFLNK || kind == S_IFREG && status.st_nlink > 1
    }
}
