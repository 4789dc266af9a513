import Glibc

/// A heading rule ready for matching, as git matches it: by the C library's expressions, on bytes.
struct LinePatterns: ~Copyable {
    private let compiled: [(expression: UnsafeMutablePointer<regex_t>, isRefusal: Bool)]

    /// Nil when the C library does not accept an expression, as only a setting's can be.
    init?(_ rule: HeadingRule) {
        var made: [(UnsafeMutablePointer<regex_t>, Bool)] = []
        for pattern in rule.patterns {
            let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
            let flags =
                (pattern.isExtended ? REG_EXTENDED : 0) | (rule.ignoresCase ? REG_ICASE : 0)
            guard regcomp(expression, pattern.expression, flags) == 0 else {
                expression.deallocate()
                LinePatterns.free(made)
                return nil
            }
            made.append((expression, pattern.isRefusal))
        }
        compiled = made
    }

    deinit { LinePatterns.free(compiled) }

    private static func free(
        _ expressions: [(expression: UnsafeMutablePointer<regex_t>, isRefusal: Bool)]
    ) {
        for (expression, _) in expressions {
            regfree(expression)
            expression.deallocate()
        }
    }

    /// What a line shows as a heading; nil when it is none. `line` has no newline.
    func heading(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        line.withUnsafeBytes { raw in
            // An empty buffer may have no address, and the C library wants one.
            guard let start = raw.baseAddress, raw.count > 0 else { return nil }
            for (expression, isRefusal) in compiled {
                var found = [regmatch_t(), regmatch_t()]
                found[0].rm_so = 0
                found[0].rm_eo = regoff_t(raw.count)
                let text = start.assumingMemoryBound(to: CChar.self)
                // With REG_STARTEND the length is in the first match, and no byte ends the text.
                guard regexec(expression, text, 2, &found, REG_STARTEND) == 0 else { continue }
                if isRefusal { return nil }
                let shown = found[1].rm_so >= 0 ? found[1] : found[0]
                return line[
                    line.startIndex + Int(shown.rm_so)..<line.startIndex + Int(shown.rm_eo)]
            }
            return nil
        }
    }
}
