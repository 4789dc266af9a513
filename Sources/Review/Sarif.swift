package import Base

/// A log of findings in SARIF 2.1.0, within the part of it that code scanning of forges reads.
package struct Sarif: Hashable, Sendable {
    /// What a kind of finding is; results name it by its `id`.
    package struct Rule: Hashable, Sendable {
        /// Stable, such as `overlap/adjacent`.
        package let id: String
        /// What is wrong, in one sentence.
        package let summary: String
        /// What to do about it.
        package let help: String
        /// The level of results that say none.
        package let level: Level

        /// A rule; it is listed only when a result needs it.
        package init(id: String, summary: String, help: String, level: Level) {
            self.id = id
            self.summary = summary
            self.help = help
            self.level = level
        }
    }

    /// How much a finding weighs.
    package enum Level: String, Hashable, Sendable {
        case error, warning, note
    }

    /// A place in the repository.
    package struct Location: Hashable, Sendable {
        /// From the repository's top.
        package let path: RepositoryPath
        /// 1-based and half-open; empty for a point before the line, nil for the whole file.
        package let lines: Range<Int>?

        /// A place; a range that starts before line 1 is taken to start there.
        package init(path: RepositoryPath, lines: Range<Int>?) {
            self.path = path
            self.lines = lines
        }
    }

    /// One finding.
    package struct Result: Hashable, Sendable {
        /// What it is an example of.
        package let rule: Rule
        /// A sentence for people, without trust in where it came from.
        package let message: String
        /// The first is where the finding is shown.
        package let location: Location
        /// What stays the same when lines above move: two logs show one finding when it is equal.
        package let identity: [String]

        /// A finding with the level of its rule.
        package init(rule: Rule, message: String, location: Location, identity: [String]) {
            self.rule = rule
            self.message = message
            self.location = location
            self.identity = identity
        }
    }

    /// Something to know of the run itself, which has no place in a file.
    package struct Notice: Hashable, Sendable {
        /// How much it weighs.
        package let level: Level
        /// For people.
        package let message: String

        /// A notice.
        package init(level: Level, message: String) {
            self.level = level
            self.message = message
        }
    }

    private let category: String
    private let version: String
    private let results: [Result]
    private let notices: [Notice]

    // 25,000: GitHub refuses logs with more results in a run (docs, "SARIF support for code scanning").
    private static let resultLimit = 25_000

    /// Takes findings in the order of their weight: where a forge's limit cuts, the first stay.
    ///
    /// - Parameter category: tells the logs of one commit apart, such as `overlap`.
    package init(
        category: String, version: String, results: [Result], notices: [Notice] = []
    ) {
        self.category = category
        self.version = version
        self.results = Array(results.prefix(Self.resultLimit))
        let rest = results.count - self.results.count
        let cut =
            rest > 0
            ? [Notice(level: .warning, message: "\(Text.count(rest, "finding")) left out")] : []
        self.notices = notices + cut
    }

    /// The whole document.
    package var json: JSON {
        let rules = usedRules
        let numbers = Dictionary(uniqueKeysWithValues: zip(rules.map(\.id), 0...))
        var fingerprints = Fingerprints()
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "treeguild", "semanticVersion": .string(version),
                            "rules": .array(rules.map(\.json)),
                        ]
                    ],
                    "automationDetails": ["id": .string("treeguild/\(category)/")],
                    "originalUriBaseIds": [
                        "%SRCROOT%": ["description": ["text": "The top of the repository."]]
                    ],
                    "invocations": [
                        [
                            "executionSuccessful": true,
                            "toolExecutionNotifications": .array(notices.map(\.json)),
                        ]
                    ],
                    "results": .array(
                        results.map { result in
                            result.json(
                                rule: numbers[result.rule.id] ?? 0,
                                fingerprint: fingerprints.next(result))
                        }),
                ]
            ],
        ]
    }

    private var usedRules: [Rule] {
        var seen: Set<String> = []
        return results.map(\.rule).filter { seen.insert($0.id).inserted }
            .sorted { $0.id < $1.id }
    }
}

/// Fingerprints that tell equal findings of one log apart by their order.
private struct Fingerprints {
    private var counts: [String: Int] = [:]

    mutating func next(_ result: Sarif.Result) -> String {
        let parts = [result.rule.id, result.location.path.description] + result.identity
        let hash = Digest.sha256(Array(parts.joined(separator: "\0").utf8)).prefix(8)
        let name = Array(hash).hexadecimal
        counts[name, default: 0] += 1
        return "\(name):\(counts[name] ?? 1)"
    }
}

extension Sarif.Rule {
    fileprivate var json: JSON {
        [
            "id": .string(id),
            "shortDescription": ["text": .string(summary)],
            "fullDescription": ["text": .string(summary)],
            "help": ["text": .string(help)],
            "defaultConfiguration": ["level": .string(level.rawValue)],
        ]
    }
}

extension Sarif.Notice {
    fileprivate var json: JSON {
        ["level": .string(level.rawValue), "message": ["text": .string(Sarif.plain(message))]]
    }
}

extension Sarif.Result {
    fileprivate func json(rule number: Int, fingerprint: String) -> JSON {
        [
            "ruleId": .string(rule.id), "ruleIndex": .int(number),
            "level": .string(rule.level.rawValue),
            "message": ["text": .string(Sarif.plain(message))],
            "locations": [location.json],
            "partialFingerprints": ["primaryLocationLineHash": .string(fingerprint)],
        ]
    }
}

extension Sarif.Location {
    fileprivate var json: JSON {
        let start = max(lines?.lowerBound ?? 1, 1)
        // A point before a line that the file may not have is shown at the line above.
        let first = lines?.isEmpty == true ? max(start - 1, 1) : start
        let last = max((lines?.upperBound ?? 2) - 1, first)
        return [
            "physicalLocation": [
                "artifactLocation": ["uri": .string(path.uri), "uriBaseId": "%SRCROOT%"],
                "region": ["startLine": .int(first), "endLine": .int(last)],
            ]
        ]
    }
}

extension Sarif {
    /// Text without control characters, and without what SARIF takes for links and placeholders.
    fileprivate static func plain(_ text: String) -> String {
        var out = ""
        for character in Text.visible(text) {
            switch character {
            case "[", "]", "\\": out += "\\\(character)"
            case "{": out += "("
            case "}": out += ")"
            default: out.append(character)
            }
        }
        return out
    }
}

extension RepositoryPath {
    /// A relative reference as RFC 3986 has it: all but unreserved characters and `/` percent-encoded.
    package var uri: String {
        let digits = Array("0123456789ABCDEF")
        var out = ""
        for byte in bytes {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                byte < 0x80
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-._~/".unicodeScalars.contains(scalar))
            out += isPlain ? String(scalar) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
        return out
    }
}
