import Base
import Git
import TestSupport
import Testing

@testable import Merging

struct GitMergeEngineTests {
    private func engine(_ scratch: borrowing ScratchRepository) async throws -> GitMergeEngine {
        try #require(
            GitMergeEngine(
                program: await GitProgram.find(in: scratch.environment), repository: scratch.path,
                objects: scratch.path.appending(".git/objects")))
    }

    private func commit(
        _ scratch: borrowing ScratchRepository, _ files: [(String, String?)], on start: String?
    ) throws -> ObjectID {
        if let start {
            try scratch.git("checkout", "-q", "--detach", start)
        } else {
            try scratch.git("checkout", "-q", "--orphan", "root-\(files.count)")
        }
        for (path, text) in files {
            if let text {
                try scratch.write(path, text)
            } else {
                try scratch.git("rm", "-q", "-r", path)
            }
        }
        return try #require(ObjectID(try scratch.commit()))
    }

    @Test func `hundreds of questions are answered in order, and leave nothing in the store`()
        async throws
    {
        let scratch = try ScratchRepository()
        let base = try commit(scratch, [("f", "1\n2\n3\n4\n5\n")], on: nil)
        let top = try commit(scratch, [("f", "one\n2\n3\n4\n5\n")], on: "\(base)")
        let same = try commit(scratch, [("f", "uno\n2\n3\n4\n5\n")], on: "\(base)")
        let end = try commit(scratch, [("f", "1\n2\n3\n4\nfive\n")], on: "\(base)")
        let repository = try Repository(at: scratch.path)
        var trees: [ObjectID] = []
        for id in [base, top, same, end] { trees.append(try await repository.commit(id).tree) }
        let before = try scratch.git("count-objects", "-v")
        let questions: [GitMergeEngine.Question] = (0..<900).map { number in
            number % 3 == 0
                ? .trees(base: trees[0], ours: trees[1], theirs: trees[2])
                : number % 3 == 1
                    ? .trees(base: trees[0], ours: trees[1], theirs: trees[3])
                    : .commits(ours: same, theirs: end)
        }
        let answers = try await engine(scratch).answer(questions, into: .quarantine)
        #expect(answers.map { $0.answer?.isClean } == (0..<900).map { $0 % 3 != 0 })
        #expect(try scratch.git("count-objects", "-v") == before)
    }

    @Test func `a question that git fails at leaves the others answered`() async throws {
        let scratch = try ScratchRepository()
        let base = try commit(scratch, [("f", "1\n")], on: nil)
        let a = try commit(scratch, [("a", "1\n")], on: "\(base)")
        let b = try commit(scratch, [("b", "1\n")], on: "\(base)")
        let lone = try commit(scratch, [("f", "1\n"), ("l", "1\n")], on: nil)
        let answers = try await engine(scratch).answer(
            [
                .commits(ours: a, theirs: b), .commits(ours: a, theirs: lone),
                .commits(ours: b, theirs: a),
            ], into: .quarantine)
        #expect(answers.map { $0.answer?.isClean } == [true, nil, true])
    }

    @Test func `a merge for use is in the repository afterwards`() async throws {
        let scratch = try ScratchRepository()
        let base = try commit(scratch, [("f", "1\n")], on: nil)
        let a = try commit(scratch, [("a", "1\n")], on: "\(base)")
        let b = try commit(scratch, [("b", "1\n")], on: "\(base)")
        let answer = try await engine(scratch).answer(
            [.commits(ours: a, theirs: b)], into: .repository)
        let tree = try #require(answer.first?.answer?.tree)
        #expect(try scratch.git("ls-tree", "--name-only", "\(tree)") == "a\nb\nf")
    }

    @Test func `a clean answer of git that does not hold what a side added is undecided`()
        async throws
    {
        let scratch = try ScratchRepository()
        let text = (0..<20).map { "line \($0)\n" }.joined()
        let base = try commit(scratch, [("old", text)], on: nil)
        let moved = try commit(scratch, [("old", nil), ("new", text)], on: "\(base)")
        let edited = try commit(scratch, [("old", "first\n" + text)], on: "\(base)")
        // A git that takes our side for the merge.
        let environment = try environment(
            scratch,
            merging: """
                read ours theirs
                printf '1\\000%s\\000\\000\\000' "$(PATH=${PATH#*:} git rev-parse "$ours^{tree}")"
                """)
        for (path, isSound) in [(scratch.environment, true), (environment, false)] {
            let engine = GitMergeEngine(
                program: await GitProgram.find(in: path), repository: scratch.path,
                objects: scratch.path.appending(".git/objects"))
            let outcome = try await MergeOutcome.decide(
                in: Repository(at: scratch.path), ours: moved, theirs: edited,
                labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"), engine: engine)
            switch outcome {
            case .clean: #expect(isSound)
            case .undecided(let reason):
                #expect(!isSound)
                #expect(reason.hasSuffix("git's merge does not hold old"), "\(reason)")
            case .conflict: Issue.record("\(outcome)")
            }
        }
    }

    @Test func `a pair at which git does not come to an end is undecided, and git is ended`()
        async throws
    {
        let scratch = try ScratchRepository()
        let text = (0..<20).map { "line \($0)\n" }.joined()
        let base = try commit(scratch, [("old", text)], on: nil)
        let moved = try commit(scratch, [("old", nil), ("new", text)], on: "\(base)")
        let edited = try commit(scratch, [("old", "first\n" + text)], on: "\(base)")
        let other = try commit(scratch, [("old", "other\n" + text)], on: "\(base)")
        // A git that waits for a second writer of its input, which never comes.
        let pipe = scratch.outside.appending("pipe")
        let environment = try environment(scratch, merging: "mkfifo \(pipe)$$; read x < \(pipe)$$")
        let engine = GitMergeEngine(
            program: await GitProgram.find(in: environment), repository: scratch.path,
            objects: scratch.path.appending(".git/objects"), limit: .milliseconds(10))
        let repository = try Repository(at: scratch.path)
        let report = try await OverlapReport.make(
            in: repository, base: base,
            branches: [("moved", moved), ("edited", edited), ("other", other)], engine: engine)
        #expect(report.pairs.map(\.verdict) == [.undecided, .undecided, .conflict])
        #expect(report.pairs[0].detail == "old may have been renamed; git took too long")
        let outcome = try await MergeOutcome.decide(
            in: repository, ours: moved, theirs: edited,
            labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"), engine: engine)
        #expect(
            outcome == .undecided(reason: "old may have been renamed; git took too long"))
        // However many there are, git is not waited for once for each.
        let replies = try await engine?.answer(
            Array(repeating: .commits(ours: moved, theirs: edited), count: 100), into: .quarantine)
        #expect(replies == Array(repeating: .late, count: 100))
    }

    @Test(arguments: ["kill -ABRT $$", "exit 134"])
    func `a pair at which git crashes is undecided, and the others are decided`(
        crash: String
    ) async throws {
        let scratch = try ScratchRepository()
        let text = (0..<20).map { "line \($0)\n" }.joined()
        let base = try commit(scratch, [("old", text)], on: nil)
        let moved = try commit(scratch, [("old", nil), ("new", text)], on: "\(base)")
        let edited = try commit(scratch, [("old", "first\n" + text)], on: "\(base)")
        let other = try commit(scratch, [("old", text + "last\n")], on: "\(base)")
        let tree = try scratch.git("rev-parse", "\(other)^{tree}")
        // A git that has begun to answer when it comes to one branch.
        let environment = try environment(
            scratch,
            merging: """
                input=$(cat)
                for commit in $input; do
                    [ "$(PATH=${PATH#*:} git rev-parse "$commit^{tree}")" != \(tree) ] || {
                        printf '1\\000'
                        \(crash)
                    }
                done
                printf '%s\\n' "$input" | PATH=${PATH#*:} git "$@"
                """)
        let engine = GitMergeEngine(
            program: await GitProgram.find(in: environment), repository: scratch.path,
            objects: scratch.path.appending(".git/objects"))
        let report = try await OverlapReport.make(
            in: Repository(at: scratch.path), base: base,
            branches: [("moved", moved), ("edited", edited), ("other", other)], engine: engine)
        #expect(report.pairs.map { [$0.a, $0.b] } == [[0, 1], [0, 2]])
        #expect(report.pairs.map(\.verdict) == [.clean, .undecided])
        #expect(report.pairs.last?.detail == "old may have been renamed; git gave no answer")
    }

    /// An environment whose git does as the script says when it is to merge.
    private func environment(
        _ scratch: borrowing ScratchRepository, merging script: String
    ) throws -> [String: String] {
        let folder = scratch.outside.appending(".git/bin")
        try Files.makeFolder(folder)
        let text = """
            #!/bin/sh
            case "$*" in *merge-tree*)
            \(script)
            exit ;;
            esac
            PATH=${PATH#*:} exec git "$@"

            """
        try Files.create(folder.appending("git"), with: text.utf8, mode: 0o755)
        var environment = scratch.environment
        environment["PATH"] = "\(folder):\(environment["PATH"] ?? "")"
        return environment
    }

    @Test func `a git that cannot take many questions is none`() async throws {
        let scratch = try Scratch()
        let tool = scratch.path.appending("git")
        try Files.create(
            tool, with: Array("#!/bin/sh\necho git version 2.38.9\n".utf8), mode: 0o755)
        let program = await GitProgram.find(in: ["PATH": "\(scratch.path):/bin"])
        #expect(program?.version == GitVersion(2, 38))
        let engine = GitMergeEngine(
            program: program, repository: scratch.path, objects: scratch.path)
        if engine != nil { Issue.record("an engine of git 2.38") }
    }

    @Test(arguments: [
        ("renames apart", "rename_rename"), ("rename and delete", "rename_delete"),
        ("rename onto an addition", "add_add"), ("folder renamed", "rename_modify"),
        ("file and folder", "file_directory"), ("submodules", "submodule"),
    ])
    func `git's conflicts have the report's kinds and regions`(name: String, kind: String)
        async throws
    {
        let scratch = try ScratchRepository()
        let text = (0..<20).map { "line \($0)\n" }.joined()
        let base = try commit(scratch, [("d/old", text), ("d/two", text + "2\n")], on: nil)
        let sides: ([(String, String?)], [(String, String?)]) =
            switch name {
            case "renames apart":
                ([("d/old", nil), ("a", text)], [("d/old", nil), ("b", text)])
            case "rename and delete": ([("d/old", nil), ("a", text)], [("d/old", nil)])
            case "rename onto an addition":
                ([("d/old", nil), ("a", text)], [("d/old", text + "x\n"), ("a", "other\n")])
            case "folder renamed":
                (
                    [("d", nil), ("e/old", text), ("e/two", text + "2\n")],
                    [("d/fresh", "fresh\n")]
                )
            case "file and folder": ([("p", "file\n")], [("p/q", "below\n")])
            default: ([], [])
            }
        var heads = [
            try commit(scratch, sides.0, on: "\(base)"),
            try commit(scratch, sides.1, on: "\(base)"),
        ]
        if name == "submodules" {
            for (index, digit) in ["1", "2"].enumerated() {
                try scratch.git("checkout", "-q", "--detach", "\(base)")
                let id = String(repeating: digit, count: 40)
                try scratch.git("update-index", "--add", "--cacheinfo", "160000,\(id),module")
                try scratch.git("commit", "-q", "-m", "module")
                heads[index] = try #require(ObjectID(try scratch.git("rev-parse", "HEAD")))
            }
        }
        try scratch.git("checkout", "-q", "--detach", "\(base)")
        let report = try await OverlapReport.make(
            in: Repository(at: scratch.path), base: base,
            branches: [("a", heads[0]), ("b", heads[1])], engine: try await engine(scratch))
        #expect(report.pairs.map(\.verdict) == [.conflict])
        let kinds = report.regions.filter(\.isConflict).map(\.kind.rawValue)
        #expect(kinds.contains(kind), "\(kinds): \(report.pairs.map(\.detail))")
    }
}
