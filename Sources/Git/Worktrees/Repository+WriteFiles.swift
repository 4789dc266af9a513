import Base
import CLibgit2
import Glibc

/// What is left to do for git after our own part of a tree's files.
enum RemainingFiles: Sendable {
    case complete
    /// Files with filters that libgit2 does not have; the index is written already.
    case paths([RepositoryPath])
    /// Everything: a sparse tree, a partial clone, settings that only git reads.
    case all
}

extension Repository {
    /// Writes the files of the base below the tree's folder, and then the index.
    func writeFiles(of tree: Worktree) throws(WorktreeError) -> RemainingFiles {
        try WorktreeError.during(.files, tree.path.description) {
            if try worktreeSettings() != nil { return .all }
            if try isPartialClone() { return .all }
            let registration = tree.registration(in: layout.commonDirectory)
            guard let files = try baseFiles(of: tree) else { return .all }
            let writing = try FileWriting(of: files, into: tree.path, registration: registration)
            // Attributes are looked up there.
            if files.filtering { try writing.writeIndex() }
            let newest = try writing.run()
            waitForTick(after: newest)
            try writing.writeIndex()
            let rest = writing.needingGit
            if !files.filtering { WrittenTrees.remember(writing.written(), of: registration) }
            return rest.isEmpty ? .complete : .paths(rest)
        }
    }

    /// The files of a tree's base, shared with whoever makes another tree of it just now; nil when only git can read
    /// the base's tree.
    func baseFiles(of tree: Worktree) throws -> BaseFiles? {
        let root = try commit(tree.base).tree
        return try BaseFilesInUse.files(of: root, in: layout.commonDirectory) {
            guard let template = try indexTemplate(of: root) else { return nil }
            return BaseFiles(
                template, filtering: try mayWriteFiltered(template),
                linksAsLinks: try linksAsLinks(), standing: layout.worktree)
        }
    }

    /// False when a link of a commit is a file that holds its target, on file systems without links.
    func linksAsLinks() throws(GitError) -> Bool {
        try configuration("core.symlinks").map(Repository.isTrue) ?? true
    }

    /// False when no attribute and no setting can make a file differ from its blob.
    func mayFilter(_ index: borrowing Index) throws -> Bool {
        if try hasFilterSettings() { return true }
        return (0..<index.count).contains {
            index[$0].pointee.path.map(Repository.isAttributesFile) ?? false
        }
    }

    /// Whether something besides the tree's own attributes may ask for filters.
    private func hasFilterSettings() throws -> Bool {
        for key in ["core.autocrlf", "core.eol", "core.attributesfile"] {
            if let value = try configuration(key), value != "false" { return true }
        }
        if Files.kind(of: layout.commonDirectory.appending("info/attributes")) != nil {
            return true
        }
        var folders = ["/etc/gitattributes"]
        if let home = getenv("XDG_CONFIG_HOME") {
            folders.append(String(cString: home) + "/git/attributes")
        } else if let home = getenv("HOME") {
            folders.append(String(cString: home) + "/.config/git/attributes")
        }
        return folders.contains { access($0, F_OK) == 0 }
    }

    /// False when no attribute and no setting can make a file that is written differ from its blob.
    ///
    /// `text` cannot, nor can `eol=lf`: lines of a tree end in CR LF by `eol=crlf` or by a setting. They can where a
    /// file is read.
    private func mayWriteFiltered(_ template: IndexTemplate) throws -> Bool {
        if try hasFilterSettings() { return true }
        for entry in template.entries
        where template.withPath(of: entry, Repository.isAttributesFile) {
            guard entry.mode.isRegular else { return true }
            let lines = String(
                decoding: try blob(ObjectID(template.id(of: entry))), as: UTF8.self)
            // A macro may have any name; it is not followed.
            let words = ["crlf", "ident", "filter", "encoding", "[attr]"]
            if words.contains(where: lines.contains) { return true }
        }
        return false
    }

    private static func isAttributesFile(_ path: UnsafePointer<CChar>) -> Bool {
        let length = strlen(path)
        let name = ".gitattributes"
        guard length >= name.utf8.count else { return false }
        let start = path + (length - name.utf8.count)
        return strcmp(start, name) == 0
            && (start == path || (start - 1).pointee == CChar(UInt8(ascii: "/")))
    }

    /// Waits, at most some milliseconds, until the file system's clock has left the newest file's time:
    /// an entry as young as its index must be read again by everyone who compares.
    func waitForTick(after newest: timespec) {
        var now = timespec()
        for _ in 0..<100 {
            clock_gettime(CLOCK_REALTIME_COARSE, &now)
            if (now.tv_sec, now.tv_nsec) > (newest.tv_sec, newest.tv_nsec) { return }
            usleep(200)
        }
    }

    /// Checks that git will find the tree as it was asked for.
    ///
    /// - Parameter counting: whether to look for the files too, which need not be when each was made here.
    func verify(_ tree: Worktree, counting: Bool) throws(WorktreeError) {
        try WorktreeError.during(.verify, tree.path.description) {
            let pointer = handle.pointer
            let worktree = try Owned(git_worktree_free, "look up worktree", tree.name) {
                git_worktree_lookup(&$0, pointer, tree.name)
            }
            try check(git_worktree_validate(worktree.pointer), "validate worktree", tree.name)
            let opened = try RepositoryHandle(linked: tree, common: layout.commonDirectory)
            let (head, id) = try opened.headNames()
            guard head == tree.branch, id == tree.base else {
                throw WorktreeError(
                    .verify, tree.path.description,
                    .mismatch(
                        expected: "\(tree.branch ?? "detached") \(tree.base)",
                        found: "\(head ?? "detached") \(id)"))
            }
            // Whatever git alone can write it has written, and said so.
            if try !counting || worktreeSettings() != nil || isPartialClone() { return }
            let index = try Index(
                at: tree.registration(in: layout.commonDirectory).appending("index"))
            // The index was made from the base's tree and is read again here, as git will read it.
            let wanted = (0..<index.count).count {
                index[$0].pointee.mode != FileMode.submodule.rawValue
            }
            // One more is the `.git` file.
            var there = try FolderListing.countFiles(below: tree.path) - 1
            for position in 0..<index.count
            where index[position].pointee.mode == FileMode.submodule.rawValue {
                // A submodule that is set up has files of its own.
                let path = index[position].pointee.repositoryPath.description
                there -= try FolderListing.countFiles(below: tree.path.appending(path))
            }
            guard there == wanted else {
                throw WorktreeError(
                    .verify, tree.path.description,
                    .mismatch(expected: "\(wanted) files", found: "\(there) files"))
            }
        }
    }
}

extension RepositoryHandle {
    /// Opens a linked worktree, and refuses whatever else lies at its path or above it.
    init(linked tree: Worktree, common: AbsolutePath) throws(GitError) {
        let opened = try RepositoryHandle(at: tree.path)
        let layout = try opened.layout()
        guard layout.worktree == Repository.canonical(tree.path), layout.commonDirectory == common,
            layout.gitDirectory == tree.registration(in: common)
        else { throw GitError(.notFound, "open worktree", tree.path.description) }
        self = opened
    }

    /// The branch that `HEAD` names (nil: detached) and its commit.
    func headNames() throws(GitError) -> (branch: String?, id: ObjectID) {
        let pointer = pointer
        let head = try Owned(git_reference_free, "read", "HEAD") {
            git_reference_lookup(&$0, pointer, "HEAD")
        }
        var id = git_oid()
        try check(git_reference_name_to_id(&id, pointer, "HEAD"), "read", "HEAD")
        return (
            git_reference_symbolic_target(head.pointer).map { String(cString: $0) }, ObjectID(id)
        )
    }
}
