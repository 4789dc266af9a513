package import Base
import Glibc
package import SQLite

/// Why the ledger did not do what it was asked.
package enum StoreError: Error, Equatable, Sendable {
    /// A later program made the ledger; numbers are schema versions.
    case newerVersion(found: Int, known: Int)
    /// The folder, file or file system takes no writes; `code` is an `errno`.
    case notWritable(path: AbsolutePath, code: Int32)
    /// The file system, a quota or a limit is full; what was being written is not in the ledger.
    case full(path: AbsolutePath)
    /// The file is no ledger, or a damaged one; `detail` is SQLite's words or the name of what is wrong.
    case corrupt(path: AbsolutePath, detail: String)
    /// The key is missing, or is not 32 bytes, or does not fit the ledger beside it.
    case keyUnusable(path: AbsolutePath)
    /// A file operation beside the database, none of the above.
    case file(FileError)
    /// Anything else that SQLite refused, a lock held for too long included.
    case database(SQLiteError)
    /// A value was to be written that could not be read back, such as one nested too deeply.
    case unreadable(JSONError)
    /// A run of this name exists.
    case taken(RunID)
    /// No run of this name exists.
    case unknownRun(RunID)
    /// The run has ended otherwise than asked now.
    case ended(RunID, status: RunStatus)
    /// An effect was to be finished that was never begun.
    case effectNotBegun(EffectKey)
    /// An effect was to be finished with another result than the recorded one.
    case effectDone(EffectKey, recorded: JSON)
}

extension StoreError {
    init(_ error: SQLiteError, at path: AbsolutePath) {
        let code = error.systemCode
        if error.isCorrupt {
            self = .corrupt(path: path, detail: error.message)
        } else if error.isFull || (error.isInputOutput && [ENOSPC, EDQUOT].contains(code)) {
            self = .full(path: path)
        } else if error.isReadOnly {
            // SQLite decided from the file's mode or flags, so there may be no system call to blame.
            self = .notWritable(path: path, code: code == EROFS ? EROFS : EACCES)
        } else if error.isUnopenable, StoreError.refusals.contains(code) {
            self = .notWritable(path: path, code: code)
        } else {
            self = .database(error)
        }
    }

    init(_ error: FileError, at path: AbsolutePath) {
        if [ENOSPC, EDQUOT].contains(error.code) {
            self = .full(path: path)
        } else if StoreError.refusals.contains(error.code) {
            self = .notWritable(path: path, code: error.code)
        } else {
            self = .file(error)
        }
    }

    private static let refusals: Set<Int32> = [EACCES, EPERM, EROFS]
}
