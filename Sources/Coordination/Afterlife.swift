import Base
import Store
import Tasks

/// Which of its lives a worker is in: its records are the same in all of them, its effects are not.
struct WorkerLife: Hashable, Sendable {
    /// How often its task was revived after its end.
    var revival = 0
    /// How often it was stopped and revived since.
    var restart = 0

    var isFirst: Bool { self == WorkerLife() }
    var next: WorkerLife { WorkerLife(revival: revival, restart: restart + 1) }

    /// Of the keys of its effects.
    var suffix: String {
        (revival == 0 ? "" : "~\(revival)") + (restart == 0 ? "" : "+\(restart)")
    }

    /// A key without its suffix.
    static func records(of key: String) -> String {
        String(key.prefix { $0 != "~" && $0 != "+" })
    }
}

/// What came after a task's end: messages that revive it.
///
/// Messages that came between two starts of the run revive it once. A run that is resumed goes through all of it again.
struct Afterlife: Hashable, Sendable {
    /// Kind of the event that asks for it.
    static let request = "request.revive"

    /// Whether somebody stopped it, in its life to begin with and in each revival.
    private var stops = [false]
    /// The revival that goes on; 0 before the first.
    private(set) var number = 0
    /// Names its records; empty for a worker that never began.
    var key = ""

    /// How many revivals there are.
    var total: Int { stops.count - 1 }
    /// True while a later life is to come.
    var isPast: Bool { number < total }
    var isStopped: Bool { stops[number] }

    mutating func begin() { number += 1 }

    /// Keeps a stop for the life that it is meant for; false when that goes on.
    mutating func keepStop() -> Bool {
        guard isPast else { return false }
        stops[total] = true
        return true
    }

    /// Reads what was asked for of each task, oldest first; of stops so many were `handled`.
    static func all(
        of requests: [Event], handled: [TaskID: Int]
    ) -> (lives: [TaskID: Afterlife], stopped: Set<TaskID>) {
        var lives: [TaskID: Afterlife] = [:]
        var seen: [TaskID: Int] = [:]
        var isNew: Set<TaskID> = []
        for event in requests {
            guard let task = event.task else {
                if event.kind == "run.resumed" { isNew = [] }
                continue
            }
            var life = lives[task] ?? Afterlife()
            switch event.kind {
            case request where isNew.insert(task).inserted: life.stops.append(false)
            case "request.stop":
                seen[task, default: 0] += 1
                if seen[task, default: 0] <= handled[task, default: 0] {
                    life.stops[life.total] = true
                }
            case "request.send": life.stops[life.total] = false
            default: break
            }
            lives[task] = life
        }
        let stopped = lives.filter { $0.value.stops[0] }.keys
        return (lives.filter { $0.value.total > 0 }, Set(stopped))
    }
}
