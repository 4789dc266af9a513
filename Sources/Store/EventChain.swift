import Base
import SQLite

/// The arithmetic of the chain: each event's MAC covers the one before it.
struct EventChain {
    let key: [UInt8]

    /// Where the chain stands: the last event's number and MAC.
    struct Head: Equatable {
        let seq: Int
        let mac: [UInt8]

        static let start = Head(seq: 0, mac: [UInt8](repeating: 0, count: 32))
    }

    /// An event as the columns hold it, before anything is made of them.
    struct Line {
        let seq: Int
        let time: Int
        let run: String
        let task: String?
        let actor: String
        let kind: String
        let data: String

        /// Every field with its length before it, so that no two lines have the same bytes.
        var bytes: [UInt8] {
            var out = bigEndian(seq) + bigEndian(time)
            for text in [run, task, actor, kind, data] {
                out.append(text == nil ? 0 : 1)
                let bytes = Array((text ?? "").utf8)
                out += bigEndian(bytes.count) + bytes
            }
            return out
        }
    }

    func mac(_ line: Line, after head: Head) -> [UInt8] {
        Digest.mac(head.mac + line.bytes, key: key)
    }

    /// What shows that the program itself wrote the head: without it, cutting events off the end and
    /// setting the head back to an earlier event would go unseen.
    private func seal(_ head: Head) -> [UInt8] {
        Digest.mac(Array("head".utf8) + bigEndian(head.seq) + head.mac, key: key)
    }

    /// The recorded head; nil when it is missing or its seal is not ours.
    func head(on connection: borrowing Connection) throws(SQLiteError) -> Head? {
        let statement = try connection.prepare("SELECT seq, mac, seal FROM head")
        guard try statement.step() else { return nil }
        let head = Head(seq: statement.integer(0), mac: statement.blob(1))
        return Digest.areEqual(seal(head), statement.blob(2)) ? head : nil
    }

    /// Records the head of an empty ledger.
    func begin(on connection: borrowing Connection) throws(SQLiteError) {
        try connection.run(
            "INSERT INTO head (one, seq, mac, seal) VALUES (1, ?1, ?2, ?3)",
            [.integer(0), .blob(Head.start.mac), .blob(seal(.start))])
    }

    /// Writes the line after `head` and moves the head to it; the caller has the transaction.
    func append(
        _ line: Line, after head: Head, on connection: borrowing Connection
    ) throws(SQLiteError) -> Head {
        let next = Head(seq: line.seq, mac: mac(line, after: head))
        try connection.run(
            """
            INSERT INTO events (seq, time, run, task, actor, kind, data, mac)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            [
                .integer(line.seq), .integer(line.time), .text(line.run), .optional(line.task),
                .text(line.actor), .text(line.kind), .text(line.data), .blob(next.mac),
            ])
        try connection.run(
            "UPDATE head SET seq = ?1, mac = ?2, seal = ?3",
            [.integer(next.seq), .blob(next.mac), .blob(seal(next))])
        return next
    }

    /// Walks all events; the caller has a snapshot, so that events and head are of one moment.
    func verify(on connection: borrowing Connection) throws(SQLiteError) -> ChainState {
        let events = try connection.prepare(
            "SELECT seq, time, run, task, actor, kind, data, mac FROM events ORDER BY seq")
        var last = Head.start
        while try events.step() {
            let line = Line(
                seq: events.integer(0), time: events.integer(1), run: events.text(2),
                task: events.optionalText(3), actor: events.text(4), kind: events.text(5),
                data: events.text(6))
            let next = Head(seq: line.seq, mac: events.blob(7))
            guard next.seq == last.seq + 1, Digest.areEqual(next.mac, mac(line, after: last))
            else { return .broken(seq: last.seq + 1) }
            last = next
        }
        guard let head = try head(on: connection) else { return .forgedHead(last: last.seq) }
        if head.seq > last.seq { return .missingTail(last: last.seq, head: head.seq) }
        // An event beyond the head can only come from a head that was set back.
        return head == last ? .intact(events: last.seq) : .forgedHead(last: last.seq)
    }
}

/// Eight bytes, highest first.
private func bigEndian(_ number: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
}
