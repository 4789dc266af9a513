import Agents
import Base
import Processes

/// Ends a program that neither says nor does anything for too long.
///
/// Runs on a lane of its own, because it looks at processes.
actor StallGuard {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    nonisolated private let lane = Lane(label: "stall")
    private let time: Timekeeper
    private let process: SupervisedProcess?
    private var watch: StallWatch
    private(set) var isStalled = false

    init(limit: Duration, time: Timekeeper, process: SupervisedProcess?) {
        self.time = time
        self.process = process
        watch = StallWatch(limit: limit, now: time.now())
    }

    /// It said something.
    func heard() { watch.heard(at: time.now()) }

    /// Watches until the task is cancelled or the program was ended for its silence.
    func run() async {
        guard let process else { return }
        while true {
            let used = ProcessTable.processorTime(below: process.supervisor)
            switch watch.look(at: time.now(), processor: used) {
            case .wait(let wait):
                do throws(CancellationError) { try await time.sleep(wait) } catch { return }
            case .stalled:
                isStalled = true
                process.stop()
                return
            }
        }
    }
}
