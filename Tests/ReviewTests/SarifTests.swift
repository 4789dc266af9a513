import Base
import Testing

@testable import Review

struct SarifTests {
    private let rule = Sarif.Rule(id: "overlap/adjacent", summary: "s", help: "h", level: .error)

    private func result(
        _ path: String = "a.txt", _ lines: Range<Int>? = 3..<5, message: String = "m",
        identity: [String] = ["x"]
    ) -> Sarif.Result {
        Sarif.Result(
            rule: rule, message: message,
            location: .init(path: RepositoryPath(path), lines: lines), identity: identity)
    }

    private func log(_ results: [Sarif.Result], _ notices: [Sarif.Notice] = []) -> JSON {
        Sarif(category: "overlap", version: "1.2.3", results: results, notices: notices).json
    }

    private func results(_ log: JSON) -> [JSON] {
        log["runs"]?.arrayValue?.first?["results"]?.arrayValue ?? []
    }

    private func region(_ result: JSON) -> [Int?] {
        let region = result["locations"]?.arrayValue?.first?["physicalLocation"]?["region"]
        return [region?["startLine"]?.intValue, region?["endLine"]?.intValue]
    }

    private func fingerprint(_ result: JSON) -> String? {
        result["partialFingerprints"]?["primaryLocationLineHash"]?.stringValue
    }

    @Test(
        arguments: [
            (3..<5, [3, 4]), (3..<4, [3, 3]), (1..<2, [1, 1]), (1..<1, [1, 1]), (7..<7, [6, 6]),
            (nil, [1, 1]),
        ] as [(Range<Int>?, [Int])])
    func `lines are counted from 1 and the last is part of the range`(
        lines: Range<Int>?, expected: [Int]
    ) throws {
        let result = try #require(results(log([result("a", lines)])).first)
        #expect(region(result) == expected)
    }

    @Test(arguments: [
        ("src/a.c", "src/a.c"), ("a b/c#d?.txt", "a%20b/c%23d%3F.txt"), ("ü.txt", "%C3%BC.txt"),
        ("100%.md", "100%25.md"), ("a:b", "a%3Ab"), ("[x]{y}", "%5Bx%5D%7By%7D"),
        ("A-Z_0.9~", "A-Z_0.9~"),
    ])
    func `a path becomes a relative reference`(path: String, uri: String) {
        #expect(RepositoryPath(path).uri == uri)
    }

    @Test func `a fingerprint does not move with its lines, and tells twins and others apart`() {
        let one = results(log([result("a", 3..<5), result("a", 9..<9)])).map(fingerprint)
        let other = results(log([result("a", 40..<41)])).map(fingerprint)
        #expect(one[0] == other[0])
        #expect(one[0]?.hasSuffix(":1") == true)
        #expect(one[1]?.hasSuffix(":2") == true)
        for different in [result("b"), result(identity: ["y"])] {
            #expect(results(log([different])).map(fingerprint) != other)
        }
    }

    @Test func `every result names a rule of the list, and each rule is there once`() throws {
        let other = Sarif.Rule(id: "a/first", summary: "s", help: "h", level: .note)
        let extra = Sarif.Result(
            rule: other, message: "n", location: .init(path: RepositoryPath("z"), lines: nil),
            identity: [])
        let document = log([result(), extra, result("b")])
        #expect(SarifRules.problems(document) == [])
        let rules = try #require(
            document["runs"]?.arrayValue?.first?["tool"]?["driver"]?["rules"]?.arrayValue)
        #expect(rules.map { $0["id"]?.stringValue } == ["a/first", "overlap/adjacent"])
        #expect(results(document).map { $0["ruleIndex"]?.intValue } == [1, 0, 1])
        #expect(results(document).map { $0["level"]?.stringValue } == ["error", "note", "error"])
    }

    @Test func `links, placeholders and control characters of a message mean nothing`() throws {
        let text = "int f() { [x](1) \u{1b}[31m {0}"
        let result = try #require(results(log([result(message: text)])).first)
        let message = result["message"]?["text"]?.stringValue
        #expect(message == #"int f() ( \[x\](1) \\x1b\[31m (0)"#)
    }

    @Test func `what a forge would refuse is left out and said`() {
        let many = (0..<25_010).map { result("f\($0)") }
        let document = log(many)
        #expect(results(document).count == 25_000)
        #expect(SarifRules.problems(document) == [])
        #expect(document.compact.contains("10 findings left out"))
    }
}

/// What GitHub's code scanning wants of a log ("SARIF support for code scanning"), and SARIF itself.
enum SarifRules {
    static func problems(_ log: JSON) -> [String] {
        var out: [String] = []
        if log["version"] != "2.1.0" { out.append("version") }
        if log["$schema"]?.stringValue?.contains("sarif-2.1.0") != true { out.append("$schema") }
        guard let run = log["runs"]?.arrayValue?.first, log["runs"]?.arrayValue?.count == 1,
            let results = run["results"]?.arrayValue,
            let rules = run["tool"]?["driver"]?["rules"]?.arrayValue
        else { return out + ["no run"] }
        if run["tool"]?["driver"]?["name"]?.stringValue != "treeguild" { out.append("name") }
        if results.count > 25_000 { out.append("too many results") }
        if run["automationDetails"]?["id"]?.stringValue?.hasSuffix("/") != true {
            out.append("category")
        }
        let ids = rules.map { $0["id"]?.stringValue ?? "" }
        if Set(ids).count != ids.count || ids.contains("") { out.append("rule ids \(ids)") }
        for rule in rules {
            for key in ["shortDescription", "fullDescription", "help"]
            where rule[key]?["text"]?.stringValue?.isEmpty != false {
                out.append("\(key) of \(rule["id"] ?? .null)")
            }
        }
        var fingerprints: Set<String> = []
        for (index, result) in results.enumerated() {
            out += problems(result, ids).map { "result \(index): \($0)" }
            let print = result["partialFingerprints"]?["primaryLocationLineHash"]?.stringValue
            if let print, !fingerprints.insert(print).inserted { out.append("twin of \(print)") }
        }
        return out
    }

    private static func problems(_ result: JSON, _ ids: [String]) -> [String] {
        var out: [String] = []
        let index = result["ruleIndex"]?.intValue ?? -1
        if !ids.indices.contains(index) || ids[index] != result["ruleId"]?.stringValue {
            out.append("ruleIndex")
        }
        let levels = ["error", "warning", "note", "none"]
        if !levels.contains(result["level"]?.stringValue ?? "") { out.append("level") }
        if result["message"]?["text"]?.stringValue?.isEmpty != false { out.append("message") }
        let print = result["partialFingerprints"]?["primaryLocationLineHash"]?.stringValue ?? ""
        if print.split(separator: ":").count != 2 { out.append("fingerprint") }
        guard let locations = result["locations"]?.arrayValue, locations.count == 1,
            let place = locations[0]["physicalLocation"],
            let uri = place["artifactLocation"]?["uri"]?.stringValue,
            let start = place["region"]?["startLine"]?.intValue,
            let end = place["region"]?["endLine"]?.intValue
        else { return out + ["location"] }
        if start < 1 || end < start { out.append("lines \(start) to \(end)") }
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%")
        if uri.isEmpty || uri.hasPrefix("/") || !uri.allSatisfy(allowed.contains) {
            out.append("uri \(uri)")
        }
        return out
    }
}
