extension ShellPart {
    /// The command that programs such as `timeout` and `nice` run for this one.
    ///
    /// - Parameter thoroughly: Also what `env`, `sudo`, `xargs` with options and their like run:
    ///   right for rules that forbid, too generous for rules that allow.
    func unwrapped(thoroughly: Bool) -> ShellPart {
        var part = self
        for _ in 0..<10 {
            guard let rest = part.innerWords(thoroughly: thoroughly) else { return part }
            part.words = Array(rest)
        }
        return part
    }

    private func innerWords(thoroughly: Bool) -> ArraySlice<ShellWord>? {
        var rest = words.dropFirst()
        func dropOptions(withValue: Set<String> = []) {
            while let option = rest.first?.text, option.hasPrefix("-"), option.count > 1 {
                rest = rest.dropFirst(withValue.contains(option) ? 2 : 1)
                if option == "--" { return }
            }
        }
        switch name {
        case "timeout":
            dropOptions(withValue: ["-s", "-k", "--signal", "--kill-after"])
            rest = rest.dropFirst()
        case "nice": dropOptions(withValue: ["-n", "--adjustment"])
        case "stdbuf": dropOptions(withValue: ["-i", "-o", "-e"])
        case "nohup", "builtin": break
        case "time": dropOptions(withValue: thoroughly ? ["-f", "-o"] : [])
        case "command":
            // `command -v` only looks.
            if let option = rest.first?.text, ["-v", "-V"].contains(option) { return nil }
            dropOptions()
        case "xargs":
            if !thoroughly, rest.first?.text.hasPrefix("-") == true { return nil }
            dropOptions(withValue: ["-n", "-P", "-I", "-L", "-s", "-d", "-a", "-E"])
        case "env", "sudo", "doas", "exec", "setsid", "watch", "ionice", "chrt", "unshare",
            "strace",
            "busybox", "parallel", "flock", "chroot":
            guard thoroughly else { return nil }
            dropOptions(withValue: ["-u", "-g", "-n", "-C", "-S", "-c", "--chdir", "-a"])
            if name == "flock" || name == "chroot" { rest = rest.dropFirst() }
            while let word = rest.first?.text, word.contains("="), !word.hasPrefix("-") {
                rest = rest.dropFirst()
            }
        default: return nil
        }
        return rest.isEmpty ? nil : rest
    }

    /// What `find -exec` and its like run.
    var executed: [ShellPart] {
        guard name == "find" || name == "fd" else { return [] }
        var out: [ShellPart] = []
        for (index, word) in words.enumerated()
        where ["-exec", "-execdir", "-ok", "-okdir", "-x", "-X"].contains(word.text) {
            out.append(
                ShellPart(
                    words: words.dropFirst(index + 1).prefix { $0.text != ";" && $0.text != "+" }
                        .map { $0 }))
        }
        return out
    }
}
