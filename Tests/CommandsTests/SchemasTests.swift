import Base
import TestSupport
import Testing

@testable import Commands

struct SchemasTests {
    private static let folder = AbsolutePath(#filePath)?.parent.parent.parent.appending(
        "Fixtures/schemas")

    private static func documents(_ kind: String) -> [String] {
        // A folder that cannot be read gives no cases, which the count below notices.
        folder.flatMap { try? Files.list($0.appending(kind)) } ?? []
    }

    private func load(_ kind: String, _ name: String) throws -> (document: JSON, schema: JSON) {
        let path = try #require(Self.folder).appending("\(kind)/\(name)")
        // `treeguild.run-1.reason.json`: a file's name cannot hold the slash.
        let schema = name.split(separator: ".")[0...1].joined(separator: ".")
            .split(separator: "-").joined(separator: "/")
        let found = try #require(Schemas.schema(named: schema))
        return (try JSON(parsing: try Files.read(path)), found)
    }

    @Test func `there are documents to check`() {
        #expect(Self.documents("valid").count == 4)
        #expect(Self.documents("invalid").count == 8)
    }

    @Test(arguments: documents("valid"))
    func `a document of the contract follows its schema`(name: String) throws {
        let (document, schema) = try load("valid", name)
        #expect(SchemaChecker.problems(document, schema) == [])
    }

    @Test(arguments: documents("invalid"))
    func `a document with one fault does not`(name: String) throws {
        let (document, schema) = try load("invalid", name)
        #expect(!SchemaChecker.problems(document, schema).isEmpty)
    }

    @Test(arguments: Schemas.names)
    func `a schema is as recorded, by the draft of 2020-12, its name as title`(
        name: String
    ) throws {
        let schema = try #require(Schemas.schema(named: name))
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["title"] == .string(name))
        let file = name.split(separator: "/").joined(separator: "-")
        try Golden.check(schema.pretty + "\n", is: "schemas/\(file).json")
    }

    @Test(arguments: [
        ["version"], ["config"], ["config", "jobs"], ["doctor"], ["schema"], ["trust", "--list"],
        ["trust"], ["trust", "--yes"], ["trust", "--revoke"], ["agents"], ["agents", "list"],
        ["agents", "show", "Verify"], ["agents", "show", "nobody"], ["agents", "validate"], ["rnu"],
        ["run", "--jobs", "x"],
        ["--version"],
    ])
    func `what a command prints follows the schema that it names`(words: [String]) async throws {
        let repository = try ScratchRepository()
        try repository.write(".treeguild/config.yaml", "setup: {run: [npm ci]}\njobs: 2\n")
        let captured = await Captured.run(
            words + ["--json"], in: repository.path, home: repository.outside)
        let document = try captured.json
        let name = try #require(document["schema"]?.stringValue)
        #expect(document.objectValue?.pairs.first?.key == "schema")
        let schema = try #require(Schemas.schema(named: name))
        #expect(SchemaChecker.problems(document, schema) == [])
    }

    @Test(arguments: Schemas.names)
    func `schema NAME prints the schema`(name: String) async throws {
        let scratch = try Scratch()
        let captured = await Captured.run(["schema", name], in: scratch.path)
        #expect(try captured.json == Schemas.schema(named: name))
    }

    @Test func `schema lists the names`() async throws {
        let scratch = try Scratch()
        let captured = await Captured.run(["schema"], in: scratch.path)
        #expect(captured.data == Schemas.names.map { $0 + "\n" }.joined())
        let unknown = await Captured.run(["schema", "treeguild.rnu/1"], in: scratch.path)
        #expect(unknown.code == .usage)
        #expect(unknown.talk.contains("did you mean 'treeguild.run/1'?"))
    }
}
