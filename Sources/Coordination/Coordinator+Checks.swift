import Base
import Git
import Merging
import Processes
import Store
import Tasks

/// What the checks say of merged branches.
struct Judgement {
    /// Results on the final tree, the verdict, and its evidence in words.
    let report: ([CheckResult], Integration.Verdict, String)
    /// The step that brought a failure, where one can be named.
    let culprit: MergeStep?
}

extension Coordinator {
    /// Runs the checks on the tip of merged branches; where they fail, finds the branch that brought the failure.
    ///
    /// A failing check is run once more on the same tree, and on the base: a check that fails there as well
    /// blames no branch.
    func judge(_ merged: [MergeStep]) async throws -> Judgement {
        let checks = context.plan.checksOfResult
        guard let last = merged.last, !checks.isEmpty else {
            return Judgement(report: ([], .none, ""), culprit: nil)
        }
        let results = try await run(checks, at: last.tip)
        let failed = results.filter { $0.status != .passed }
        guard !failed.isEmpty else {
            let names = results.map(\.name).joined(separator: ", ")
            return Judgement(
                report: (results, .passed, "\(names) passed on \(last.tip)"), culprit: nil)
        }
        if failed.contains(where: { $0.status == .error }) {
            let names = failed.map(\.name).joined(separator: ", ")
            return Judgement(report: (results, .unknown, "\(names) could not be run"), culprit: nil)
        }
        let failing = checks.filter { check in failed.contains { $0.name == check.name } }
        let names = failing.map(\.name).joined(separator: ", ")
        guard try await passes(failing, at: context.base) else {
            return Judgement(
                report: (results, .failed, "\(names) fails on the base as well"), culprit: nil)
        }
        var search = PrefixSearch(count: merged.count)
        while let prefix = search.next {
            search.tried(prefix, passed: try await passes(failing, at: merged[prefix - 1].tip))
        }
        let culprit = merged[search.culprit]
        return Judgement(
            report: (results, .failed, "check \(names) fails once \(culprit.name) is merged"),
            culprit: culprit)
    }

    private func passes(_ checks: [Check], at commit: ObjectID) async throws -> Bool {
        try await run(checks, at: commit).allSatisfy { $0.status == .passed }
    }

    /// Runs checks in a tree of their own; results are kept by tree, so that equal trees are checked once.
    func run(_ checks: [Check], at commit: ObjectID) async throws -> [CheckResult] {
        let tree = try await repository.commit(commit).tree
        var place: TreeRecord?
        let results = await Result {
            var results: [CheckResult] = []
            for check in checks {
                try proceed()
                tell(.check(name: check.name, status: nil, seconds: 0))
                let key = "\(tree.short)/\(check.name)"
                let result = try await once(
                    "check", key, intent: ["commit": .string(commit.description)]
                ) { _ in
                    if place == nil {
                        switch try await self.trees.makeCheckTree(
                            at: commit, tree,
                            watch: { await self.watch($0, key: $1, task: $2) })
                        {
                        case .made(let made): place = made
                        case .failed(let reason):
                            self.tell(.note("no tree for checks: \(reason.message)"))
                        }
                    }
                    guard let place else { return CheckResult.notRun(check.name, log: "") }
                    return try await self.run(check, in: place, key: key)
                }
                tell(.check(name: check.name, status: result.status, seconds: result.seconds))
                results.append(result)
            }
            return results
        }
        if let place { await trees.discard(place) }
        return try results.get()
    }

    /// Runs one check, a failing one twice: a failure that goes away is the check's own.
    private func run(_ check: Check, in tree: TreeRecord, key: String) async throws -> CheckResult {
        var failures = 0
        var number = 0
        while true {
            number += 1
            let attemptKey = "check/\(key)/\(number)"
            let environment = try trees.environment(
                of: tree, key: attemptKey, assignment: "Check \(check.name): \(check.run)",
                adding: context.plan.environment)
            let end = try await runCommand(
                check.run, in: tree, kind: "check.run", key: attemptKey, task: nil,
                timeout: check.timeout, environment: environment)
            if end.isInterrupted {
                // It says nothing of the tree; the next one counts instead.
                try proceed()
                continue
            }
            let result = CheckResult(
                check.name, end, log: context.folders.log(of: attemptKey).description)
            if result.status == .failed { failures += 1 }
            if result.status != .failed || failures == 2 { return result }
        }
    }
}

extension CheckResult {
    static func notRun(_ name: String, log: String) -> CheckResult {
        CheckResult(name: name, status: .error, exit: nil, seconds: 0, log: log)
    }

    init(_ name: String, _ end: WorkerEnd, log: String) {
        var code: Int?
        let status: Status
        switch end.ending {
        case .exited(let number):
            code = Int(number)
            status = end.isSuccess ? .passed : end.escaped.isEmpty ? .failed : .error
        case .timedOut, .signaled: status = .failed
        case .couldNotStart, .stopped, .orphaned: status = .error
        }
        self.init(name: name, status: status, exit: code, seconds: end.seconds, log: log)
    }
}
