import Base
import Tasks
import Testing
import TestSupport

struct TaskGraphTests {
    /// `b:a,c` is a task b after a and c.
    static func tasks(_ text: String) throws -> [PlannedTask] {
        try text.split(separator: " ").map { word in
            let parts = word.split(separator: ":")
            var task = PlannedTask(id: try id(String(parts[0])), work: .command("true"))
            if parts.count > 1 {
                task.after = try parts[1].split(separator: ",").map { try id(String($0)) }
            }
            return task
        }
    }

    static func id(_ text: String) throws -> TaskID { try #require(TaskID(text)) }

    private func names(_ ids: some Sequence<TaskID>) -> String {
        ids.map(\.description).joined(separator: " ")
    }

    @Test(arguments: [
        ("a b c", "a b c", "a b c"), ("c:a b a", "a c b", "a b|c"),
        ("d:b,c b:a c:a a", "a b c d", "a|b c|d"),
        ("a:b b:c c", "c b a", "c|b|a"), ("a e:d d:a b", "a d e b", "a b|d|e"), ("a:x", "a", "a"),
        ("", "", ""),
    ])
    func `tasks come after what they wait for, else as in the plan`(
        text: String, order: String, levels: String
    ) throws {
        let graph = try TaskGraph(Self.tasks(text))
        #expect(names(graph.order) == order)
        #expect(
            graph.levels.map { Set($0) }
                == (try levels.split(separator: "|").map { level in
                    Set(try level.split(separator: " ").map { try Self.id(String($0)) })
                }))
    }

    @Test func `relatives are found through others`() throws {
        let graph = try TaskGraph(Self.tasks("a b:a c:b,a d e:c"))
        let a = try Self.id("a")
        #expect(names(graph.dependants(of: a)) == "b c")
        #expect(names(graph.descendants(of: a).sorted()) == "b c e")
        #expect(names(graph.ancestors(of: try Self.id("e")).sorted()) == "a b c")
        #expect(names(graph.dependencies(of: try Self.id("c"))) == "b a")
        #expect(graph.ancestors(of: try Self.id("d")).isEmpty)
    }

    @Test(arguments: [
        ("a:a", "a"), ("a:b b:a", "a b"), ("a b:c c:d d:b e:d", "b c d"),
        ("a:b b:a c:d d:c", "a b|c d"),
        ("x:a a:b b:a y:x", "a b"), ("a b:a", ""), ("a:b,c b:a c:a", "a b"),
    ])
    func `cycles are named in the order in which they wait`(text: String, cycles: String) throws {
        let tasks = try Self.tasks(text)
        #expect(TaskGraph.cycles(in: tasks).map { names($0) }.joined(separator: "|") == cycles)
        if cycles.isEmpty {
            _ = try TaskGraph(tasks)
        } else {
            #expect(throws: TaskCycle.self) { try TaskGraph(tasks) }
        }
    }

    @Test(arguments: 0..<200)
    func `a graph has an order exactly when it has no cycle`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...8, using: &random)
        let ids = try (0..<count).map { try Self.id("t\($0)") }
        let tasks = ids.map { id in
            var task = PlannedTask(id: id, work: .command("true"))
            task.after = ids.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
            return task
        }
        let cycles = TaskGraph.cycles(in: tasks)
        for cycle in cycles {
            for (index, id) in cycle.enumerated() {
                let next = cycle[(index + 1) % cycle.count]
                #expect(tasks.first { $0.id == id }?.after.contains(next) == true)
            }
        }
        if cycles.isEmpty {
            let order = try TaskGraph(tasks).order
            #expect(order.sorted() == ids.sorted())
            for task in tasks {
                let own = try #require(order.firstIndex(of: task.id))
                for dependency in task.after {
                    #expect(try #require(order.firstIndex(of: dependency)) < own)
                }
            }
        }
    }
}
