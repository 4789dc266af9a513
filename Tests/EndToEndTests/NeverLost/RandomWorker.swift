import TestSupport

/// The script of a worker that does random things to its tree, harmless ones and brutal ones.
struct RandomWorker {
    private var random: SeededRandom
    private(set) var lines: [String] = []
    private var number = 0

    /// - Parameter seed: decides everything.
    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        for _ in 0..<pick(1, 1, 2, 3, 4, 6, 9) { step() }
        if chance(12) { lines.append("exit 1") }
    }

    /// The whole script.
    var script: String { WorkerLibrary.text + lines.joined(separator: "\n") + "\nexit 0\n" }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func pick<Value>(_ values: Value...) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    /// A name that this worker has not used yet.
    private mutating func fresh() -> String {
        number += 1
        return pick(
            "w-$TREEGUILD_TASK-\(number)", "new/$TREEGUILD_TASK-\(number)",
            "deep/er/$TREEGUILD_TASK/\(number)", "sp ace $TREEGUILD_TASK \(number)",
            "line\nfeed-$TREEGUILD_TASK-\(number)", "-dash-$TREEGUILD_TASK-\(number)",
            ".hidden-$TREEGUILD_TASK-\(number)")
    }

    /// A file of the base, or one that some step may have made.
    private mutating func known() -> String {
        pick(
            "a.txt", "b.txt", "dir/c.txt", "dir/sub/d.txt", "run.sh", "e.txt",
            "w-$TREEGUILD_TASK-1", "w-$TREEGUILD_TASK-2", "new/$TREEGUILD_TASK-1")
    }

    private mutating func step() {
        let roll = Int.random(in: 0..<100, using: &random)
        let text: String =
            switch roll {
            case 0..<34: edit()
            case 34..<58: commit()
            case 58..<76: history()
            case 76..<90: halfDone()
            default: brutal()
            }
        lines.append(text)
    }

    private mutating func edit() -> String {
        let file = "\"./\(pick(fresh(), fresh(), known()))\""
        return pick(
            "put \(file)", "put \(file)", "put \(file)", "put \(file); put \(file)",
            "put \(file); chmod +x \(file)", "put \(file); risky git add -A",
            "put \(file); risky git add -A; put \(file)", "put \(file); git add -N \(file)",
            "link \(file)", "put \"./some-$TREEGUILD_TASK.secret\"", "mkdir -p \(file)",
            "mkdir -p target; echo made >>target/out.o",
            "mv \(file) \"./moved-$TREEGUILD_TASK-\(number)\" 2>/dev/null",
            "git mv \(file) \"./gone-$TREEGUILD_TASK-\(number)\" 2>/dev/null",
            "risky rm -rf \(file)", "risky rm -f \(file); put \(file)/inside",
            "put \(file); risky git rm -q --cached -f \(file)",
            "put \"$(printf 'raw\\377')-$TREEGUILD_TASK\"")
    }

    private mutating func commit() -> String {
        let file = "\"./\(pick(fresh(), known()))\""
        number += 1
        return pick(
            "put \(file); save one", "put \(file); save two",
            "put \(file); put \(file); save three",
            "put \(file); risky git add -A; put \(file); commit -m staged-only",
            "next; commit --allow-empty -m \"$T\"",
            "put \(file); save before; put \(file); risky git add -A; commit --amend -m amended",
            "git checkout -q --detach; put \(file); save detached",
            "git switch -q -c side-$TREEGUILD_TASK-\(number); put \(file); save side",
            "git switch -q -c side-$TREEGUILD_TASK-\(number); put \(file); save side; git switch -q -",
            "git checkout -q --detach; put \(file); save lone; git checkout -q -",
            "git tag tag-$TREEGUILD_TASK-\(number)",
            "put \(file); save renamed; git mv \(file) \"./later-$TREEGUILD_TASK-\(number)\" 2>/dev/null"
        )
    }

    private mutating func history() -> String {
        let file = "\"./\(pick(fresh(), known()))\""
        return pick(
            "put \(file); save gone; risky git reset -q --hard HEAD~1",
            "put \(file); save gone; git reset -q --soft HEAD~1",
            "put \(file); save gone; risky git reset -q HEAD~1",
            "put \(file); risky git reset -q --hard $TREEGUILD_BASE",
            "risky git checkout -q -- .", "risky git clean -qfd", "risky git clean -qfdx",
            "put \(file); stash",
            "put \(file); stash -u",
            "put \(file); risky git add -A; put \(file); stash; put \(file)",
            "put \(file); stash -u; pop",
            "git checkout -q --detach; put \(file); stash -u",
            "git switch -q -c other-$TREEGUILD_TASK; put \(file); stash -u",
            "put \(file); save one; git update-ref refs/heads/keep-$TREEGUILD_TASK HEAD; risky git reset -q --hard HEAD~1",
            "git switch -q -c dropped-$TREEGUILD_TASK; put \(file); save one; git switch -q -; git branch -q -D dropped-$TREEGUILD_TASK",
            "git update-ref refs/worktree/mine HEAD", "git reflog expire --expire=never HEAD",
            "put \(file); save one; git checkout -q --detach HEAD~1; put \(file); save two",
            "put \(file); save one; git branch -q -f moved-$TREEGUILD_TASK HEAD; git symbolic-ref HEAD refs/heads/moved-$TREEGUILD_TASK"
        )
    }

    private mutating func halfDone() -> String {
        let file = "\"./\(pick("a.txt", "dir/c.txt"))\""
        let fork =
            "git switch -q -c fork-$TREEGUILD_TASK; put \(file); save theirs; git switch -q -; put \(file); save ours"
        return pick(
            "\(fork); git merge -q fork-$TREEGUILD_TASK >/dev/null 2>&1",
            "\(fork); git merge -q fork-$TREEGUILD_TASK >/dev/null 2>&1; put \(file)",
            "\(fork); git merge -q -s ours --no-commit fork-$TREEGUILD_TASK >/dev/null 2>&1",
            "\(fork); git rebase -q fork-$TREEGUILD_TASK >/dev/null 2>&1",
            "\(fork); git rebase -q fork-$TREEGUILD_TASK >/dev/null 2>&1; put w-half",
            "\(fork); git cherry-pick fork-$TREEGUILD_TASK >/dev/null 2>&1; put w-pick",
            "\(fork); git revert --no-commit HEAD >/dev/null 2>&1",
            "\(fork); git rebase -q fork-$TREEGUILD_TASK >/dev/null 2>&1; risky git rebase --abort",
            "\(fork); git merge -q fork-$TREEGUILD_TASK >/dev/null 2>&1; risky git merge --abort",
            "git bisect start >/dev/null 2>&1; put \(file)",
            "put \(file); git update-index --assume-unchanged \(file) 2>/dev/null",
            "git update-index --skip-worktree \(file) 2>/dev/null; put \(file)",
            "put \(file); risky git add -A; risky rm -f \(file)",
            "\(fork); git merge -q --no-commit --no-ff fork-$TREEGUILD_TASK >/dev/null 2>&1; risky git checkout -q --theirs \(file)"
        )
    }

    private mutating func brutal() -> String {
        let file = "\"./\(pick(fresh(), known()))\""
        return pick(
            "mkdir -p nest-$TREEGUILD_TASK && git -C nest-$TREEGUILD_TASK init -q; put nest-$TREEGUILD_TASK/x",
            "git update-index --add --cacheinfo 160000,$TREEGUILD_BASE,sub 2>/dev/null; put \(file)",
            "git worktree add -q -b inner-$TREEGUILD_TASK inner >/dev/null 2>&1; put inner/x",
            "git worktree add -q -b pad-$TREEGUILD_TASK \"$TREEGUILD_SCRATCHPAD/$TREEGUILD_TASK\" >/dev/null 2>&1; put \"$TREEGUILD_SCRATCHPAD/$TREEGUILD_TASK/x\"",
            "put \"$TREEGUILD_SCRATCHPAD/note-$TREEGUILD_TASK\"",
            "mkfifo pipe-$TREEGUILD_TASK; put \(file)",
            "put \(file); chmod 000 \(file)", "put closed/x; chmod 000 closed",
            "put \(file); chmod 400 \(file)",
            "put big-$TREEGUILD_TASK; head -c 70000 /dev/zero | tr '\\0' . >>big-$TREEGUILD_TASK",
            "put \(file); git worktree unlock . ; git worktree lock --reason mine . ",
            "put \(file); git worktree unlock .",
            "put \(file); risky rm -f .git", "put \(file); save one; risky rm -rf \"$PWD\"",
            "put \(file); risky git add -A; risky rm -rf \"$PWD\"",
            "put \(file); mv \"$PWD\" \"$PWD-away\"",
            "put \(file); kill -9 $$",
            "put \(file); save x; risky rm -f \"$(git rev-parse --git-dir)/index\"",
            "put \(file); touch \"$(git rev-parse --git-dir)/index.lock\"")
    }
}
