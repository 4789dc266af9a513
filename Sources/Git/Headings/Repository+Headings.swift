package import Base

/// Places of one file whose headings are asked for.
package struct HeadingQuestion: Hashable, Sendable {
    /// Where it is; its `diff` attribute chooses the rule.
    package let path: RepositoryPath
    /// The text to look in.
    package let blob: ObjectID
    /// 0-based, ascending.
    package let lines: [Int]

    /// Asks for what stands above each of the lines.
    package init(path: RepositoryPath, blob: ObjectID, lines: [Int]) {
        self.path = path
        self.blob = blob
        self.lines = lines
    }
}

extension Repository {
    /// The functions or sections that lines stand in, in the words that `git diff -U0` shows after `@@`.
    ///
    /// The rules are git's: the `diff` attribute as the commit has it, `diff.NAME.xfuncname` and `funcname` of the
    /// configuration, the drivers that git has built in, or else a line that starts with a letter, `_` or `$`.
    ///
    /// - Parameter guessing: true to take the driver of a file's language where no attribute names one, and nothing for
    ///   a file of no known language. git does not, so headings for people are not guessed.
    /// - Returns: for each question its answers in the order of its lines; nil where nothing stands above.
    package func headings(
        _ questions: [HeadingQuestion], at commit: ObjectID, guessing: Bool = false
    ) throws(GitError) -> [[Heading?]] {
        guard !questions.isEmpty else { return [] }
        let reader = try AttributeReader(of: layout, at: commit)
        var byRule: [HeadingRule?: [Int]] = [:]
        var answers: [[Heading?]] = questions.map { $0.lines.map { _ in nil } }
        var rules: [AttributeReader.Value: HeadingRule?] = [:]
        for (index, question) in questions.enumerated() {
            let value = try reader.value("diff", of: question.path)
            let rule: HeadingRule?
            if let known = rules[value] {
                rule = known
            } else {
                rule = try headingRule(value)
                rules[value] = .some(rule)
            }
            if guessing, rule == nil {
                guard value == .unspecified, let guess = HeadingRule.language(of: question.path)
                else { continue }
                byRule[guess, default: []].append(index)
            } else {
                byRule[rule, default: []].append(index)
            }
        }
        for (rule, indices) in byRule {
            let patterns = rule.flatMap { LinePatterns($0) }
            // A setting that is no expression would end git; here it means no headings.
            if rule != nil, patterns == nil { continue }
            for index in indices { answers[index] = try headings(questions[index], patterns) }
        }
        return answers
    }

    private func headings(
        _ question: HeadingQuestion, _ patterns: borrowing LinePatterns?
    ) throws(GitError) -> [Heading?] {
        var finder = HeadingFinder(LineTable(try blob(question.blob)))
        var found: [Heading?] = []
        for line in question.lines { found.append(finder.heading(above: line, patterns)) }
        return found
    }

    /// The rule that an attribute's value selects; nil for the one without patterns.
    private func headingRule(_ value: AttributeReader.Value) throws(GitError) -> HeadingRule? {
        switch value {
        case .set, .unset: return nil
        case .unspecified: return try configuredRule("default")
        case .text(let name):
            if let rule = try configuredRule(name) { return rule }
            if let rule = HeadingRule.builtIn[name] { return rule }
            return try configuredRule("default")
        }
    }

    private func configuredRule(_ driver: String) throws(GitError) -> HeadingRule? {
        let prefix = "diff.\(driver)."
        let keys = [prefix + "xfuncname", prefix + "funcname"]
        let entries = try configurationEntries(where: keys.contains)
        // The two keys are one setting: the later of them counts.
        return entries.last.map {
            HeadingRule(setting: $0.value, isExtended: $0.key == prefix + "xfuncname")
        }
    }
}
