import Testing

@testable import Git

struct GitErrorTests {
    @Test(arguments: [
        (GitError(.locked, "move ref", "refs/heads/a"), true),
        (
            GitError(
                .other(-1), "create ref", "refs/heads/a",
                message:
                    "could not open '/r/.git/logs/refs/heads/x/a' for writing: No such file or directory"
            ),
            true
        ),
        (
            GitError(
                .other(-1), "create ref", "refs/heads/a",
                message:
                    "could not open '/r/.git/logs/refs/heads/x/a' for writing: Permission denied"),
            false
        ),
        (
            GitError(
                .notFound, "create ref", "refs/heads/x/a",
                message:
                    "failed to create locked file '/r/.git/refs/heads/x/a.lock': No such file or directory"
            ),
            true
        ),
        (
            GitError(.other(-1), "read ref", "refs/heads/a", message: "No such file or directory"),
            false
        ),
        (GitError(.exists, "create ref", "refs/heads/a"), false),
    ])
    func `what may succeed a moment later is tried again, and nothing else`(
        _ error: GitError, _ isTransient: Bool
    ) {
        #expect(error.isTransient == isTransient)
    }
}
