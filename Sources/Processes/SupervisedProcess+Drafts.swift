package import Base
import Glibc

extension SupervisedProcess {
    /// True while a supervisor lives whose status file is to be in the folder or below it. Blocks.
    ///
    /// Whoever takes up the work of a killed process waits for that: its supervisors are still ending
    /// workers, and have not recorded how they ended.
    package static func isSupervised(below folder: AbsolutePath) -> Bool {
        // A folder that is not there holds no status.
        ((try? Files.list(folder)) ?? []).contains { name in
            let path = folder.appending(name)
            switch Files.kind(of: path) {
            case .folder: return isSupervised(below: path)
            case .file: return name.hasSuffix(draftSuffix) && isLocked(path)
            default: return false
            }
        }
    }

    /// What follows a status file's name while it is being made.
    static let draftSuffix = ".tmp"

    private static func isLocked(_ file: AbsolutePath) -> Bool {
        let descriptor = open(file.description, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        // Renamed meanwhile: its supervisor has written it.
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
