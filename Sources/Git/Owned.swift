/// One libgit2 object, freed exactly once; it never leaves the method that made it.
struct Owned: ~Copyable {
    let pointer: OpaquePointer
    private let free: (OpaquePointer?) -> Void

    /// Runs a maker of the form `git_x_lookup(&pointer, …)` and checks its status.
    init(
        _ free: @escaping (OpaquePointer?) -> Void, _ operation: String,
        _ subject: @autoclosure () -> String,
        _ make: (inout OpaquePointer?) -> Int32
    ) throws(GitError) {
        var made: OpaquePointer?
        let status = make(&made)
        guard status >= 0, let made else {
            throw GitError(status: status, operation, subject())
        }
        pointer = made
        self.free = free
    }

    deinit { free(pointer) }
}
