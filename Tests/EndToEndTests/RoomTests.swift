import Base
import Glibc
import TestSupport
import Testing

/// File systems that are too small for a run.
struct RoomTests {
    private static let canMount: Bool = {
        // Only a trial tells whether this user may mount.
        guard geteuid() == 0, let scratch = try? Scratch() else { return false }
        let environment = Shell.environment(home: scratch.path)
        let mounted = try? Shell.run(
            ["mount", "-t", "tmpfs", "none", "."], in: scratch.path, environment: environment)
        guard mounted?.status == 0 else { return false }
        _ = try? Shell.run(
            ["umount", "-l", scratch.path.description], in: scratch.path, environment: environment)
        return true
    }()

    @Test(
        .enabled(if: canMount, "mounting a small file system is not allowed here"),
        arguments: [("nr_inodes=300,size=100m", "no_inodes"), ("size=2m", "no_space")])
    func `a run whose trees do not fit is refused before anything is made`(
        options: String, code: String
    ) throws {
        let trial = try Trial()
        for number in 0..<100 { try trial.repository.write("many/file\(number)", "x") }
        try trial.repository.commit()
        let small = trial.outside.appending("small")
        try Files.makeFolder(small)
        let environment = trial.environment
        let mounted = try Shell.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", small.description], in: trial.outside,
            environment: environment)
        try #require(mounted.status == 0, "\(mounted.text)")
        defer {
            _ = try? Shell.run(
                ["umount", "-l", small.description], in: AbsolutePath("/") ?? small,
                environment: environment)
        }
        let before = try UserState(of: trial)
        let plan = """
            version: 1
            jobs: 4
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - {id: b, command: "echo b >b.txt"}
              - {id: c, command: "echo c >c.txt"}
              - {id: d, command: "echo d >d.txt"}
            """
        let answer = try trial.run(plan, adding: ["TREEGUILD_WORKTREES": small.description])
        #expect(answer.status == 3, "\(answer.errors)")
        #expect(answer.errors.contains("5 worktrees at once"), "\(answer.errors)")
        #expect(answer.errors.contains("--jobs"), "\(answer.errors)")
        #expect(answer.output.contains(code), "\(answer.output)")
        #expect(try Files.list(small) == [])
        #expect(try trial.repository.git("for-each-ref", "refs/heads/treeguild") == "")
        try trial.expectTidy(before)
    }
}
