import CLibgit2

/// An operation that libgit2, or a check of ours around it, refused.
package struct GitError: Error, Hashable, Sendable {
    /// What kind of refusal it is, as far as callers tell them apart.
    package enum Code: Hashable, Sendable {
        case notFound, exists, ambiguous, locked, modified, invalid, bare, unborn, conflict, owner
        case unsupported, uncommitted, corrupt, readOnly
        /// The file system is full, or a quota is.
        case noSpace
        case other(Int32)
    }

    /// The kind of refusal, for callers to decide by.
    package let code: Code
    /// What was being done, in the words of the caller, such as `open repository`.
    package let operation: String
    /// What it was done to: a path, a ref, an object.
    package let subject: String
    /// The library's own words.
    package let message: String

    /// For refusals of our own checks; what libgit2 refuses is read from its status.
    package init(_ code: Code, _ operation: String, _ subject: String, message: String = "") {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.message = message
    }

    /// Lock contention and the like: the same call may succeed a moment later.
    package var isTransient: Bool { code == .locked || isLostFolder }

    /// Somebody who deleted the last ref of a folder took the folder, or that of its reflogs, along, in the moment in
    /// which libgit2 was about to write there.
    private var isLostFolder: Bool {
        ["create ref", "move ref"].contains(operation)
            && (message.contains("/logs/refs/") || message.contains(".lock'"))
            && message.hasSuffix("No such file or directory")
    }

    /// Reads the thread's last error, so it must be called right after the failed call.
    init(status: Int32, _ operation: String, _ subject: String) {
        let last = git_error_last()?.pointee
        message = last.flatMap { $0.message }.map { String(cString: $0) } ?? ""
        self.operation = operation
        self.subject = subject
        let named: [git_error_code: Code] = [
            GIT_ENOTFOUND: .notFound, GIT_EEXISTS: .exists, GIT_EAMBIGUOUS: .ambiguous,
            GIT_ELOCKED: .locked, GIT_EMODIFIED: .modified, GIT_EINVALIDSPEC: .invalid,
            GIT_EINVALID: .invalid, GIT_EBAREREPO: .bare, GIT_EUNBORNBRANCH: .unborn,
            GIT_ECONFLICT: .conflict, GIT_EMERGECONFLICT: .conflict, GIT_EOWNER: .owner,
            GIT_EUNCOMMITTED: .uncommitted, GIT_EMISMATCH: .corrupt,
        ]
        if let code = named.first(where: { $0.key.rawValue == status })?.value {
            self.code = code
        } else if message.contains("No space left") || message.contains("quota") {
            code = .noSpace
        } else if message.contains("Read-only file system") || message.contains("Permission denied")
        {
            code = .readOnly
        } else if message.contains("unsupported extension")
            || message.contains("unsupported repository version")
        {
            code = .unsupported
        } else if let last,
            [Int32(GIT_ERROR_ZLIB.rawValue), Int32(GIT_ERROR_ODB.rawValue)]
                .contains(last.klass)
        {
            code = .corrupt
        } else {
            code = .other(status)
        }
    }
}

extension git_error_code: @retroactive Hashable {}

/// Turns a negative status into an error with the thread's last message.
@discardableResult
func check(
    _ status: Int32, _ operation: String, _ subject: @autoclosure () -> String
) throws(GitError) -> Int32 {
    guard status < 0 else { return status }
    throw GitError(status: status, operation, subject())
}
