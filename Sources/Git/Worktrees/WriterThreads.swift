import Base
import Glibc
import Synchronization

/// Bounds how many threads of this process write files of trees: as many as there are cores.
///
/// More would make each tree slower and all together no faster.
final class WriterThreads: Sendable {
    static let shared = WriterThreads(count: max(Machine.cores, 2))

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(free: count)) }

    /// Waits for a place, in the order of coming; ``leave()`` gives it back.
    func enter() async {
        // Resumed by `leave`, which every holder calls; a holder only writes files, so no wait is long.
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Takes a place only if one is free at once.
    func tryToEnter() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil as CheckedContinuation<Void, Never>?
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// One more thread for a writing, if a place for it is free and the system gives one.
struct WriterThread {
    private var thread = pthread_t()

    init?(_ writing: FileWriting) {
        guard WriterThreads.shared.tryToEnter() else { return nil }
        let argument = Unmanaged.passRetained(writing)
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument {
                    Unmanaged<FileWriting>.fromOpaque(argument).takeRetainedValue().work()
                }
                WriterThreads.shared.leave()
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            WriterThreads.shared.leave()
            return nil
        }
    }

    /// Waits for its end; once for each.
    func join() { pthread_join(thread, nil) }
}
