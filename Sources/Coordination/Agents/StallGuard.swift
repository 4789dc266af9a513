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
    /// How long it had been silent and idle when it was ended for that; nil when it was not.
    private(set) var silence: Duration?

    /// How long a program may take to go after its last word.
    private static let farewell = Duration.seconds(10)
    /// Between two looks at most: a program that has said its last word is not left for long.
    private static let pause = Duration.seconds(5)

    init(limit: Duration, time: Timekeeper, process: SupervisedProcess?) {
        self.time = time
        self.process = process
        watch = StallWatch(limit: limit, now: time.now())
    }

    /// It said something.
    func heard() { watch.heard(at: time.now()) }

    /// It said its last word.
    func rest() { watch.limit = min(watch.limit, Self.farewell) }

    /// Watches until the task is cancelled or the program was ended for its silence.
    func run() async {
        guard let process else { return }
        while true {
            let used = ProcessTable.processorTime(below: process.supervisor)
            switch watch.look(at: time.now(), processor: used) {
            case .wait(let wait):
                let pause = min(wait, Self.pause)
                do throws(CancellationError) { try await time.sleep(pause) } catch { return }
            case .stalled(let silence):
                self.silence = silence
                process.stop()
                return
            }
        }
    }
}
