package import Base
package import Store

/// All that one command removed: a `clean`, or a run at its own end.
package struct Removal: Hashable, Sendable {
    /// What it took of one run.
    package struct Part: Hashable, Sendable {
        /// Whose trees and branches they were.
        package let run: RunID
        /// It took what the ledger tells of after this event.
        package let since: Int
    }

    /// In the order in which it went through the runs.
    package let parts: [Part]

    static let beginning = "clean.began"
    static let ofTree = "tree.removed"
    static let ofBranch = "branch.removed"
    static let ended = "run.ended"

    /// The last removal that took anything, whether it was undone or not; nil when there never was one.
    package static func latest(in ledger: Ledger) async throws -> Removal? {
        latest(
            of: try await ledger.events(
                matching: EventFilter(kinds: [beginning, ofTree, ofBranch, ended])))
    }

    /// The same, of events in their order.
    ///
    /// Nothing but `clean` removes anything of a run that has ended, so what follows the beginning of one in a run
    /// is its doing, up to the next. What a run removes while it goes on, to use it again, is no removal yet.
    static func latest(of events: [Event]) -> Removal? {
        let over = Set(events.filter { $0.kind == ended }.map(\.run))
        let last = events.last { [ofTree, ofBranch].contains($0.kind) && over.contains($0.run) }
        guard let last else { return nil }
        let began = events.last {
            $0.kind == beginning && $0.run == last.run && $0.seq < last.seq
        }
        guard let began else { return Removal(parts: [Part(run: last.run, since: 0)]) }
        return Removal(
            parts: events.filter { $0.kind == beginning && $0.data == began.data }
                .map { Part(run: $0.run, since: $0.seq) })
    }
}
