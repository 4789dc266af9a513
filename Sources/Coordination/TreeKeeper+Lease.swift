import Base
import Git
import Processes
import Store
import Tasks

/// What a tree has for itself, from before its set-up until after its tear-down.
extension TreeKeeper {
    /// True when a tree's set-up leaves something behind that has to be given back.
    private var isLeasing: Bool { !context.plan.setup.ports.isEmpty || hasTeardown }
    private var hasTeardown: Bool { !context.plan.setup.teardown.isEmpty }

    /// The name of a tree: derived from the run's folder, which has a part that chance chose, so it is unique on
    /// this machine and still the same after a crash.
    private func name(of key: String) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz012345")
        let digest = Digest.sha256(Array("\(context.folders.trees)\n\(key)".utf8))
        return "tg" + String(digest.prefix(10).map { letters[Int($0) % 32] })
    }

    /// Leases what the tree of that key is to have, makes its temporary folder, and records both before anything is set up.
    ///
    /// What an interrupted start has left under the same key must have been torn down before.
    func lease(for key: String) async throws -> TreeLease {
        let name = name(of: key)
        // Not below the run's folder: paths of sockets have about a hundred bytes.
        let temporary = Files.temporaryFolder.appending(name)
        var lease = TreeLease(number: 0, name: name, temporary: temporary, ports: [:])
        if isLeasing {
            let number = try await leased(for: key).count
            let effect = self.effect("tree.lease", key, number)
            _ = try await ledger.begin(effect, intent: ["name": .string(name)])
            lease = TreeLease(
                number: number, name: name, temporary: temporary,
                ports: try await leasePorts(for: key))
            try await ledger.finish(effect, result: lease.json)
        }
        try Files.removeTree(temporary)
        try Files.makeFolder(temporary, mode: 0o700)
        return lease
    }

    private func leasePorts(for key: String) async throws -> [String: [Int]] {
        let wanted = context.plan.setup.ports.sorted { $0.key < $1.key }
        guard !wanted.isEmpty else { return [:] }
        let count = wanted.reduce(0) { $0 + $1.value }
        let range = context.options.ports
        let found = try await book.leases().acquire(
            count, in: range, for: holder(of: key), owner: ProcessIdentity.current.description,
            at: .now, by: LeaseBook.judge)
        guard var rest = found?[...] else {
            throw TreeSetup.Failure(
                message: "of the ports \(range.lowerBound)-\(range.upperBound) "
                    + "\(Text.count(count, "port")) could not be had")
        }
        var ports: [String: [Int]] = [:]
        for (name, count) in wanted {
            ports[name] = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return ports
    }

    /// What was leased under a key, in order, with whether it was given back.
    private func leased(for key: String) async throws -> [(lease: TreeLease?, isOver: Bool)] {
        let effects = try await ledger.effects(run: context.run)
        var leases: [(lease: TreeLease?, isOver: Bool)] = []
        while let begun = effects.first(where: {
            $0.effect == effect("tree.lease", key, leases.count)
        }) {
            let end = effect("tree.teardown", key, leases.count)
            leases.append(
                (
                    begun.result.flatMap { TreeLease(json: $0) },
                    effects.contains { $0.effect == end && $0.result != nil }
                ))
        }
        return leases
    }

    /// Tears down what an interrupted start of ours set up under a key, before its tree goes.
    func tearDownLeftovers(of tree: Worktree, key: String, name: String) async throws {
        guard isLeasing else { return }
        for (lease, isOver) in try await leased(for: key) where !isOver {
            guard let lease else { continue }
            await tearDown(
                TreeRecord(
                    name: name, key: key, task: nil, path: tree.path, registration: tree.name,
                    branch: tree.branch, base: tree.base, lock: tree.lockReason, provided: [:],
                    shared: [], lease: lease))
        }
    }

    /// Runs the plan's tear-down commands in a tree that is about to go, and gives back what it had.
    ///
    /// Each tree is torn down once, whatever befalls this process: a tear-down that was cut off with it is done
    /// again, one that came to its end, good or bad, is not. A failure is told and holds nothing up.
    func tearDown(_ tree: TreeRecord) async {
        guard let lease = tree.lease else { return }
        do {
            if isLeasing { try await tearDown(tree, lease) }
            try Files.removeTree(lease.temporary)
        } catch {
            await warn(
                .teardown, "tear-down of \(tree.name): \(Self.words(for: error))", task: tree.task)
        }
    }

    private func tearDown(_ tree: TreeRecord, _ lease: TreeLease) async throws {
        let effect = effect("tree.teardown", tree.key, lease.number)
        let begun = try await ledger.begin(
            effect, task: tree.task, intent: ["path": .string(tree.path.description)])
        if case .done = begun { return }
        var held: Set<Int> = []
        let all = lease.ports.values.flatMap { $0 }
        let owner = ProcessIdentity.current.description
        if !all.isEmpty {
            held = try await book.leases().reacquire(
                all, for: holder(of: tree.key), owner: owner, at: .now, by: LeaseBook.judge)
        }
        let problem = try await runTeardown(tree, lease.keeping(held))
        if !all.isEmpty { try await book.leases().release(holder(of: tree.key), owner: owner) }
        try await ledger.finish(
            effect, task: tree.task, result: ["problem": .optional(problem)])
        if let problem {
            await warn(.teardown, "tear-down of \(tree.name): \(problem)", task: tree.task)
        }
    }

    /// Runs the commands until their common time is over; returns what went wrong.
    private func runTeardown(_ tree: TreeRecord, _ lease: TreeLease) async throws -> String? {
        let setup = context.plan.setup
        let clock = ContinuousClock()
        let end = clock.now + (setup.teardownTimeout ?? .seconds(60))
        var problem: String?
        for (index, command) in setup.teardown.enumerated() {
            let records = "\(tree.key)/teardown-\(lease.number)-\(index)"
            let log = context.folders.log(of: records)
            let rest = end - clock.now
            guard rest > .zero else {
                return problem ?? "'\(command)' was not run, the time was over"
            }
            var environment = try environment(
                of: tree, key: records, assignment: "Tear down what was set up: \(command)",
                adding: context.plan.environment)
            environment = environment.filter { !$0.key.hasPrefix("TREEGUILD_PORT_") }
            environment.merge(lease.environment) { $1 }
            // A worker may have taken its own folder away.
            let folder =
                Files.kind(of: tree.path) == .folder ? tree.path : context.folders.trees
            let report = try await watched(records) {
                let process = try await SupervisedProcess.start(
                    .shell(
                        command, in: folder, environment: environment, timeout: rest,
                        teardown: .immediate),
                    log: log, logLimit: context.options.logLimit,
                    status: context.folders.records(of: records).appending("status"),
                    sandbox: sandbox(of: tree, key: records))
                return WorkerEnd(await process.report(), cause: .itself)
            }
            if !report.isSuccess, problem == nil {
                problem = "'\(command)' failed: \(report.message), log \(log)"
            }
        }
        return problem
    }

    private func effect(_ kind: String, _ key: String, _ number: Int) -> EffectKey {
        EffectKey(run: context.run, kind: kind, key: "\(key)/\(number)")
    }

    /// Names a tree among all trees of the machine.
    private func holder(of key: String) -> String {
        "\(context.layout.commonDirectory) \(context.run) \(key)"
    }
}
