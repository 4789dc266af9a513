import Base
import Processes

/// A part of a command's output.
struct LogPart: Sendable {
    let bytes: [UInt8]
    /// Bytes that were printed and are not in it.
    let skipped: Int
    /// Offset behind it.
    let end: Int
}

/// The files that commands leave; reading them blocks, so it has a thread of its own.
actor OutputFolder {
    private static let shared = OutputFolder()
    private let lane = Lane(label: "treeguild.shell.output")

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    static func make(_ folder: AbsolutePath) async throws(FileError) {
        try await shared.make(folder)
    }

    static func folder(in file: AbsolutePath) async -> AbsolutePath? {
        await shared.folder(in: file)
    }

    /// The output from an offset on; the middle is left out beyond 2 MiB.
    static func part(of log: AbsolutePath, from start: Int) async -> LogPart {
        await shared.part(of: log, from: start)
    }

    private func make(_ folder: AbsolutePath) throws(FileError) {
        try Files.makeFolder(folder, mode: 0o700)
    }

    private func folder(in file: AbsolutePath) -> AbsolutePath? {
        // A command that was killed leaves none.
        guard let bytes = try? Files.readPlain(file, limit: 1 << 13), bytes.last == 10 else {
            return nil
        }
        // Read once; its removal is tidiness.
        try? Files.removeFile(file)
        return String(validating: bytes.dropLast(), as: UTF8.self).flatMap { AbsolutePath($0) }
    }

    private func part(of log: AbsolutePath, from start: Int) -> LogPart {
        // Output that cannot be read is reported as none.
        guard let tail = try? LogFile.read(log, last: 2 << 20) else {
            return LogPart(bytes: [], skipped: 0, end: start)
        }
        let end = tail.skipped + tail.bytes.count
        // The log began anew: what is there is all that is left.
        let wanted = end < start ? end : end - start
        let bytes = Array(tail.bytes.suffix(wanted))
        return LogPart(bytes: bytes, skipped: wanted - bytes.count, end: end)
    }
}
