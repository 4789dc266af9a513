import Synchronization

/// Counts the faults that were served, the one thing that a script cannot read from a request.
package final class ScriptFaults: Sendable {
    private let served = Mutex<[String: Int]>([:])

    /// Nothing served.
    package init() {}

    /// The fault that comes now; nil when the step itself does.
    package func next(_ choice: ModelScript.Choice) -> ModelScript.Fault? {
        if choice.step.faults.isEmpty { return nil }
        return served.withLock { served in
            let count = served[choice.key, default: 0]
            var passed = 0
            for fault in choice.step.faults {
                guard let times = fault.times else { return fault }
                passed += times
                if count < passed {
                    served[choice.key] = count + 1
                    return fault
                }
            }
            return nil
        }
    }
}
