import Base
import Glibc
import TestSupport
import Testing

/// Random workers in one run that is killed, resumed, cleaned and undone, and the account of what they made.
struct LostWorkTrial: ~Copyable {
    let trial: Trial
    let seed: UInt64
    private var random: SeededRandom
    private let tasks: Int
    /// What was done, for whoever has to find out what went wrong.
    private var story: [String] = []
    /// Pieces of work that were accounted for in the end.
    private(set) var accounted = 0
    /// Those of them that were committed.
    private(set) var committed = 0

    private static let files = [
        "a.txt": "one\ntwo\nthree\n", "b.txt": "bee\n", "dir/c.txt": "sea\n",
        "dir/sub/d.txt": "dee\n", "e.txt": "", "run.sh": "#!/bin/sh\necho run\n",
        ".gitignore": "*.secret\ntarget/\n",
    ]

    /// - Parameter tasks: how many workers there are: each is a case.
    init(seed: UInt64, tasks: Int) throws {
        let trial = try Trial(LostWorkTrial.files)
        try Files.makeFolder(trial.home.appending("journals"))
        for task in 0..<tasks {
            let worker = RandomWorker(seed: seed &* 1009 &+ UInt64(task))
            try Files.replace(
                trial.home.appending("t\(task).sh"), with: worker.script.utf8)
        }
        self.trial = trial
        self.seed = seed
        self.tasks = tasks
        random = SeededRandom(seed: seed)
    }

    private mutating func plan() -> String {
        var text = "version: 1\njobs: 8\nenv: {SEED: \"\(seed)\"}\ntasks:\n"
        for task in 0..<tasks {
            let retries = Int.random(in: 0..<6, using: &random) == 0 ? ", retries: 1" : ""
            let after =
                task > 0 && Int.random(in: 0..<12, using: &random) == 0
                ? ", after: [t\(Int.random(in: 0..<task, using: &random))]" : ""
            text += "  - {id: t\(task)\(retries)\(after), command: \"sh $HOME/t\(task).sh\"}\n"
        }
        return text
    }

    /// Runs, with what befalls a run, to its end; then cleans and brings back in turn. Every stage is accounted for.
    mutating func play() throws {
        let before = try UserState(of: trial)
        var words = ["run", try trial.plan(plan()), "--run-id", "r1", "--json"]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            try disturb(words, upTo: 700)
            if try isRecorded() { words = ["resume", "r1", "--json"] }
        }
        try finish(words)
        try account("after the run")
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            if Bool.random(using: &random) { try disturb(["clean", "r1"], upTo: 40) }
            try finish(["clean", "r1"])
            try account("after clean")
            guard Bool.random(using: &random) else { continue }
            if Bool.random(using: &random) { try disturb(["undo", "r1"], upTo: 30) }
            try finish(["undo", "r1"])
            try account("after undo")
        }
        let after = try UserState(of: trial)
        #expect(after.config == before.config && after.index == before.index, "\(failure(""))")
        #expect(after.files == before.files && after.head == before.head, "\(failure(""))")
    }

    /// Starts the program and kills it: at some write of its ledger, or at some moment.
    private mutating func disturb(_ words: [String], upTo points: Int) throws {
        if Bool.random(using: &random) {
            let point = Int.random(in: 1...points, using: &random)
            let answer = try trial.treeguild(
                words, adding: environment(["TREEGUILD_FAULT": "\(point)"]))
            story.append("\(words[0]), killed at \(point): \(answer.status)")
        } else {
            let program = try Background(trial, words, adding: environment([:]))
            let delay = Int32.random(in: 5...1500, using: &random)
            // Any moment will do: the kill must not matter whenever it comes.
            _ = poll(nil, 0, delay)
            program.send(Bool.random(using: &random) ? SIGKILL : SIGTERM)
            story.append("\(words[0]), ended after \(delay) ms: \(try program.end().status)")
        }
    }

    private mutating func finish(_ words: [String]) throws {
        let answer = try trial.treeguild(words, adding: environment([:]))
        story.append("\(words[0]): \(answer.status)\n\(answer.errors)")
        #expect([0, 1].contains(answer.status), "\(failure(answer.errors))")
    }

    private func environment(_ more: [String: String]) -> [String: String] {
        more.merging(["TREEGUILD_PRESERVE_LIMIT": "50000"]) { own, _ in own }
    }

    private func isRecorded() throws -> Bool {
        try trial.treeguild(["status", "r1", "--json"]).status == 0
    }

    /// Every piece of work that a worker made and did not itself destroy must be somewhere safe.
    private mutating func account(_ stage: String) throws {
        let wanted = try required()
        let found = try safe()
        let lost = wanted.subtracting(found).sorted()
        accounted = max(accounted, wanted.count)
        #expect(lost.isEmpty, "\(failure("lost \(stage): \(lost)"))")
        guard !lost.isEmpty else { return }
        if let keep = getenv("TREEGUILD_PROPERTY_KEEP") {
            _ = try Shell.run(
                ["cp", "-a", trial.outside.description, String(cString: keep) + "/\(seed)"],
                in: trial.outside, environment: trial.environment)
        }
        throw LostWork(seed: seed)
    }

    /// Tokens that the journals say must be there.
    private mutating func required() throws -> Set<String> {
        var wanted: Set<String> = []
        var destroyed: Set<String> = []
        var kept: Set<String> = []
        let folder = trial.home.appending("journals")
        for name in try Files.list(folder) {
            var state: [Substring: Bool] = [:]
            var committed: Set<Substring> = []
            let text = String(decoding: try Files.read(folder.appending(name)), as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasSuffix("_") {
                let token = line.dropFirst(2)
                switch line.first {
                case "c": committed.insert(token)
                case "+": state[token] = true
                default: state[token] = false
                }
            }
            wanted.formUnion(state.filter(\.value).keys.map(String.init))
            kept.formUnion(committed.map(String.init))
            // What one worker popped from the common stash and threw away is no longer another's.
            destroyed.formUnion(state.filter { !$0.value }.keys.map(String.init))
        }
        self.committed = kept.count
        return wanted.subtracting(destroyed).union(kept)
    }

    /// Tokens under refs, in the stash, and in folders that are left, with what their indexes and reflogs lead to.
    private func safe() throws -> Set<String> {
        let result = try Shell.run(
            ["sh", "-c", LostWorkTrial.search, trial.outside.appending("cache").description],
            in: trial.repository.path, environment: trial.repository.environment,
            joiningErrors: false)
        #expect(result.status == 0, "seed \(seed): \(result.text.suffix(2000))")
        return Set(result.text.split(separator: "\n").map(String.init))
    }

    private static let search = #"""
        tips=$(
            git reflog show --format=%H refs/stash 2>/dev/null
            for folder in .git/worktrees/*; do
                [ -d "$folder" ] || continue
                cut -d' ' -f1,2 "$folder/logs/HEAD" 2>/dev/null | tr ' ' '\n' | grep -v '^0*$'
                find "$folder/refs" -type f -exec cat {} + 2>/dev/null
                for name in ORIG_HEAD MERGE_HEAD CHERRY_PICK_HEAD REBASE_HEAD REVERT_HEAD; do
                    cat "$folder/$name" 2>/dev/null
                done
            done
        )
        {
            { git for-each-ref --format='%(objectname)'; echo "$tips"; } | sort -u | grep . \
                | git rev-list --objects --indexed-objects --stdin | cut -c1-40 | sort -u \
                | git cat-file --batch --buffer
            if [ -d "$0" ]; then
                find "$0" -name .trash -prune -o -type f -exec cat {} +
                find "$0" -name .trash -prune -o -type l -printf '%l\n'
            fi
        } | grep -aoE 'T[0-9]+_[a-z0-9]+_[A-Za-z0-9]+_[0-9]+_' | sort -u
        """#

    private func failure(_ text: String) -> String {
        "seed \(seed): \(text)\n" + story.joined(separator: "\n")
    }
}

/// Work that is nowhere.
struct LostWork: Error {
    let seed: UInt64
}
