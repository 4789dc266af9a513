import Agents
import Base
import Review

/// Standard output for data, standard error for talk and progress.
///
/// Lines never mix with a progress board: it is removed before and drawn again after them. Nothing
/// throws: what could not be written is kept in ``failure`` and ends the program at the last.
actor Output {
    private let lane = Lane(label: "treeguild.output")
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    nonisolated let mode: Mode
    private let streams: Streams
    private var board: ProgressBoard
    /// Draws what the board's interval held back; there is one at most, and `end` cancels it.
    private var trailing: Task<Void, Never>?
    /// A question is on the terminal: nothing is drawn below it.
    private var isAsking = false
    /// Leaves secrets out of what is told of runs: workers choose names of files, branches and commits.
    private var mask: SecretMask?
    /// The first error of standard output.
    private(set) var failure: FileError?

    /// The two streams, which tests replace by memory.
    struct Streams: Sendable {
        let data: ByteStream
        let talk: ByteStream
        /// One line that the user types after a question; nil where nobody can be asked.
        let answer: (@Sendable () -> String?)?

        static var standard: Streams {
            let canAsk = Terminal.isTerminal(0) && Terminal.isTerminal(2)
            let answer: @Sendable () -> String? = { Terminal.readLine() }
            return Streams(
                data: .descriptor(1, name: "standard output"),
                talk: .descriptor(2, name: "standard error"), answer: canAsk ? answer : nil)
        }
    }

    /// What the options and the environment ask for.
    struct Mode: Sendable {
        var isJSON = false
        var isQuiet = false
        var colorsData = false
        var colorsTalk = false
    }

    init(streams: Streams, mode: Mode) {
        self.streams = streams
        self.mode = mode
        board = ProgressBoard(usesColor: mode.colorsTalk)
    }

    /// False when a question would find nobody.
    nonisolated var canAsk: Bool { streams.answer != nil }

    /// Columns for texts on standard output: the terminal's, or 80.
    var columns: Int { streams.data.size()?.columns ?? 80 }

    /// From now on leaves these texts out, and what looks like a key; a diff and a log are written as they are.
    func hide(_ secrets: [String]) { mask = SecretMask(secrets) }

    private func shown(_ text: StyledText) -> StyledText {
        guard let mask else { return text }
        return text.mapped { mask.all($0) }
    }

    private func shown(_ value: JSON) -> JSON { mask?.all(value) ?? value }

    // MARK: Data

    /// Writes a line for people to standard output; nothing when JSON is asked for.
    func line(_ text: StyledText = "") {
        if mode.isJSON { return }
        write(data: Array((shown(text).rendered(color: mode.colorsData) + "\n").utf8))
    }

    /// Writes lines for people to standard output, whether or not JSON is asked for: help alone.
    func text(_ lines: [StyledText]) {
        let text = lines.map { $0.rendered(color: mode.colorsData) + "\n" }.joined()
        write(data: Array(text.utf8))
    }

    /// Writes bytes as they are to standard output: a patch, a script, a schema.
    func raw(_ bytes: some Sequence<UInt8>) { write(data: Array(bytes)) }

    /// Writes the one JSON document, its schema's name first.
    func document(_ schema: String, _ members: [(String, JSON)]) {
        document(JSON.object(JSON.Members([("schema", .string(schema))] + members)))
    }

    /// Writes the one JSON document, which holds its schema's name.
    func document(_ document: JSON) {
        write(data: Array((shown(document).pretty + "\n").utf8))
    }

    /// Writes what a program wrote: as it is, but made visible on a terminal, which would obey it.
    func foreign(_ bytes: [UInt8]) {
        guard streams.data.isTerminal else { return write(data: bytes) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Text.visible(String(decoding: $0, as: UTF8.self)) }
        write(data: Array(lines.joined(separator: "\n").utf8))
    }

    /// Writes one of several JSON documents on a line of its own.
    func jsonLine(_ value: JSON) { write(data: Array((shown(value).compact + "\n").utf8)) }

    /// True when the reader of standard output has gone: nothing more need be made for it.
    var isClosed: Bool { failure != nil }

    // MARK: Talk

    /// Writes a line to standard error unless quiet.
    func say(_ text: StyledText) { if !mode.isQuiet { write(talk: [text]) } }

    /// Writes a warning to standard error, even when quiet.
    func warn(_ text: StyledText) { write(talk: ["\("warning:", .yellow) \(text)"]) }

    /// Writes lines to standard error, even when quiet.
    func insist(_ texts: [StyledText]) { write(talk: texts) }

    /// Asks and waits for a line; nil where nobody can be asked or the input has ended.
    func ask(_ question: StyledText) async -> String? {
        guard let answer = streams.answer else { return nil }
        hideBoard()
        isAsking = true
        _ = streams.talk.write(Array((question.rendered(color: mode.colorsTalk) + " ").utf8))
        // A person may take long, and others have something to say meanwhile.
        let said = await BlockingCalls.run { answer() }
        isAsking = false
        showBoard()
        return said
    }

    // MARK: Progress

    /// True where progress is a block that is redrawn, and so can show what changes by the second.
    nonisolated var showsBoard: Bool { !mode.isQuiet && streams.talk.isTerminal }

    /// Shows how things stand (terminal) or what has just happened (anywhere else).
    ///
    /// On a terminal `lines` replace the block at the bottom, at most some ten times a second, the
    /// last state always; elsewhere `event` becomes a plain line.
    func progress(_ lines: [StyledText], event: StyledText) {
        if mode.isQuiet || isAsking { return }
        guard streams.talk.isTerminal else { return write(talk: [event]) }
        if let bytes = board.update(lines.map(shown), size: size, now: .now) {
            _ = streams.talk.write(bytes)
        } else if board.isPending, trailing == nil {
            trailing = Task {
                // A cancelled wait draws nothing, since `endProgress` has emptied the board.
                try? await Task.sleep(for: .milliseconds(ProgressBoard.interval))
                self.showBoard()
                self.trailing = nil
            }
        }
    }

    /// Takes the board off the screen.
    func endProgress() {
        trailing?.cancel()
        let bytes = board.end(size: size)
        if !bytes.isEmpty { _ = streams.talk.write(bytes) }
    }

    private var size: TerminalSize {
        streams.talk.size() ?? TerminalSize(columns: 80, rows: 24)
    }

    private func hideBoard() {
        let bytes = board.clear(size: size)
        if !bytes.isEmpty { _ = streams.talk.write(bytes) }
    }

    private func showBoard() {
        if let bytes = board.flush(size: size, now: .now) { _ = streams.talk.write(bytes) }
    }

    private func write(data bytes: [UInt8]) {
        guard failure == nil else { return }
        hideBoard()
        failure = streams.data.write(bytes)
        showBoard()
    }

    private func write(talk texts: [StyledText]) {
        hideBoard()
        let text = texts.map { shown($0).rendered(color: mode.colorsTalk) + "\n" }.joined()
        // Nowhere is left to tell that standard error failed.
        _ = streams.talk.write(Array(text.utf8))
        showBoard()
    }
}
