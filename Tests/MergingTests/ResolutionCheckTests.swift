import Base
import Merging
import Testing

struct ResolutionCheckTests {
    private let path = RepositoryPath("menu.sh")

    private func judge(
        _ resolved: String?, changed: [String] = ["menu.sh"],
        explaining: [ResolutionCheck.Explanation] = []
    ) -> (problems: [ResolutionCheck.Problem], kept: ResolutionCheck.Kept) {
        ResolutionCheck.judge(
            files: [
                .init(
                    path: path, base: Array("a\nb\n".utf8), ours: Array("a\nours\nb\n".utf8),
                    theirs: Array("a\ntheirs\n=======\nb\n".utf8),
                    resolved: resolved.map { Array($0.utf8) })
            ],
            changed: changed.map { RepositoryPath($0) }, allowed: [path],
            explanations: explaining)
    }

    @Test func `both sides kept, in any order and indentation, is accepted`() {
        let result = judge("a\n  theirs\n=======\n\tours\nb\n")
        #expect(result.problems.isEmpty)
        #expect(result.kept.ours == 1)
        #expect(result.kept.theirs == 2)
    }

    @Test(arguments: ["<<<<<<< x", "||||||| base", ">>>>>>> y", "<<<<<<<"])
    func `a marker is refused with its line`(marker: String) {
        #expect(
            judge("a\nours\ntheirs\n=======\n\(marker)\nb\n").problems
                == [.markerLeft(path, line: 5)])
    }

    @Test func `a row of signs that a side wrote itself is no marker`() {
        #expect(judge("a\nours\ntheirs\n=======\nb\n").problems.isEmpty)
        #expect(judge("ours\ntheirs\n=======\n<<<<<<<<<\n").problems.isEmpty)
    }

    @Test func `a dropped line is refused unless it is explained`() {
        #expect(
            judge("a\ntheirs\n=======\nb\n").problems
                == [.linesDropped(path, side: .ours, lines: ["ours"], count: 1)])
        let explained = judge(
            "a\ntheirs\n=======\nb\n",
            explaining: [.init(path: "menu.sh", line: " ours", reason: "same as theirs")])
        #expect(explained.problems.isEmpty)
        #expect(explained.kept.explained == 1)
        #expect(
            !judge(
                "a\ntheirs\n=======\nb\n",
                explaining: [.init(path: "other", line: "ours", reason: "x")]
            ).problems.isEmpty)
        #expect(
            !judge(
                "a\ntheirs\n=======\nb\n",
                explaining: [.init(path: "menu.sh", line: "ours", reason: "")]
            ).problems.isEmpty)
    }

    @Test func `a path outside the list is refused`() {
        #expect(
            judge("a\nours\ntheirs\n=======\nb\n", changed: ["menu.sh", "tests/run"]).problems
                == [.changedOutsideList(RepositoryPath("tests/run"))])
    }

    @Test func `a deleted file drops both sides' lines`() {
        #expect(judge(nil).problems.count == 2)
    }
}
