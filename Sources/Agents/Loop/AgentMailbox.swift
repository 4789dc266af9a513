import Synchronization

/// Messages for a worker that runs: each is put in at its next turn, and never interrupts a call.
package final class AgentMailbox: Sendable {
    private struct State {
        var messages: [String] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Nothing in it.
    package init() {}

    /// Leaves a message; false when the worker has ended and will not read it.
    package func send(_ text: String) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.messages.append(text) }
            return !state.isClosed
        }
    }

    /// Takes out all messages in order.
    package func take() -> [String] {
        state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Closes it unless a message is left: a worker ends only with an empty mailbox.
    package func closeIfEmpty() -> Bool {
        state.withLock { state in
            state.isClosed = state.messages.isEmpty
            return state.isClosed
        }
    }

    /// Closes it and hands out what nobody will read.
    package func close() -> [String] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}
