package import Base
import Glibc

/// A folder that exists for the length of a test, on a memory file system where there is one.
package struct Scratch: ~Copyable {
    package let path: AbsolutePath

    package init() throws {
        let shared = AbsolutePath("/dev/shm").flatMap {
            access($0.description, W_OK) == 0 ? $0 : nil
        }
        let parent = try shared ?? AbsolutePath("/tmp").map { $0 } ?? Files.currentFolder()
        path = try Files.makePrivateFolder(in: parent, prefix: "treeguild-test-")
    }

    deinit {
        // A test's verdict does not depend on the removal of its folder.
        try? Files.removeTree(path)
    }
}
