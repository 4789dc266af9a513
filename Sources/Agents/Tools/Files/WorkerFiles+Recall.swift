import Base
import Glibc

extension WorkerFiles {
    /// Counts a file that an earlier process has used as read again, unless it may have been changed
    /// since: then it has to be read before it is edited.
    func recall(_ text: String, unchangedSince time: Timestamp) {
        // What is gone, or closed by now, is not known.
        guard let file = try? load(text) else { return }
        var status = stat()
        guard stat(file.path.real.description, &status) == 0 else { return }
        let changed =
            Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec / 1_000_000)
        // Times of files lag behind the clock by up to a tick of the kernel, 10 ms.
        if changed + 20 < time.milliseconds { noteRead(file.path.real, content: file.bytes) }
    }
}
