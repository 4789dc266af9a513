import Dispatch

/// A thread of its own for an actor whose methods block.
///
/// The cooperative pool has as many threads as cores and does not grow, so nothing that waits may
/// run on it. An actor names a lane as its `unownedExecutor`.
package final class Lane: SerialExecutor {
    private let queue: DispatchQueue

    /// The label is what debuggers call it.
    package init(label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
