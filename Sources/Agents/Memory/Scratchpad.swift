package import Base
import Glibc

/// A folder that all workers of a run share, for its owner alone.
package struct Scratchpad: Hashable, Sendable {
    /// The folder.
    package let folder: AbsolutePath

    /// Where it lies: `base/treeguild-UID/FOLDER/RUN/scratchpad`.
    ///
    /// - Parameters:
    ///   - base: A folder for temporary files, such as `/tmp`.
    ///   - project: The repository, which gives a part of the name.
    package init(base: AbsolutePath, project: AbsolutePath, run: RunID) {
        let name = AgentMemory.sanitised(String(project.description.dropFirst()))
        folder = base.appending("treeguild-\(getuid())/\(name)/\(run)/scratchpad")
    }

    /// Makes it with mode 0700; blocks. What is there must be this user's own folder, and no link:
    /// `EPERM` otherwise, since others can write below `/tmp`.
    package func prepare() throws(FileError) {
        let levels = [folder.parent.parent.parent, folder.parent.parent, folder.parent, folder]
        for level in levels {
            if mkdir(level.description, 0o700) != 0, errno != EEXIST {
                throw FileError("mkdir", level.description)
            }
            var status = stat()
            guard lstat(level.description, &status) == 0 else {
                throw FileError("stat", level.description)
            }
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
                throw FileError("mkdir", level.description, code: EPERM)
            }
            if status.st_mode & 0o077 != 0, chmod(level.description, 0o700) != 0 {
                throw FileError("chmod", level.description)
            }
        }
    }

    /// Whether a path is the folder or lies below, once `.` and `..` are taken out.
    ///
    /// By text alone: what opens a file there checks links too, as ``WorkerFiles`` does.
    package func contains(_ path: String) -> Bool {
        AbsolutePath(path)?.isInside(folder) ?? false
    }

    /// Removes it with all that is in it; blocks.
    package func remove() throws(FileError) { try Files.removeTree(folder) }
}
