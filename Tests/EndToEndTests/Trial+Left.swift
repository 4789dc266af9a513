import Base
import TestSupport

/// What a run left behind.
extension Trial {
    /// Living processes of a run's workers, by their command lines.
    func markedProcesses(_ run: String = "r1") throws -> [String] {
        // The trial's own folder is in HOME, so another trial's workers are not meant.
        try Shell.run(
            [
                "sh", "-c",
                "cd /proc; for p in [0-9]*; do "
                    + "tr '\\0' '\\n' 2>/dev/null <$p/environ | grep -qx \"HOME=\(home)\" && "
                    + "tr '\\0' '\\n' 2>/dev/null <$p/environ | grep -qx 'TREEGUILD_RUN=\(run)' && "
                    + "tr '\\0' ' ' <$p/cmdline; done; true",
            ], in: outside, environment: repository.environment
        ).text.split(separator: "\n").map(String.init)
    }

    /// Text of a file on a task's branch or on any ref that preserves its work.
    func anyPreserved(holding path: String, of task: String, run: String = "r1") throws -> String? {
        let refs = try repository.git(
            "for-each-ref", "--format=%(refname)", "refs/heads/treeguild/\(run)/\(task)",
            "refs/treeguild/preserved/\(run)"
        ).split(separator: "\n").map(String.init)
        for ref in refs where ref.contains("/\(task)") {
            let commits = try repository.git("rev-list", ref, "--not", "main").split(
                separator: "\n")
            for commit in commits {
                if let text = try text(path, at: String(commit)) { return text }
            }
        }
        return nil
    }
}
