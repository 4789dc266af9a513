import Base
import TestSupport
import Testing

@testable import Agents

struct InputSchemaTests {
    private static let schema: JSON = [
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": [
            "name": ["type": "string", "minLength": 2], "age": ["type": "integer", "minimum": 0],
            "kind": ["enum": ["a", "b"]],
            "list": ["type": "array", "maxItems": 2, "items": ["type": "number"]],
            "either": ["anyOf": [["type": "string"], ["type": "null"]]],
        ],
    ]

    @Test(arguments: [
        (#"{"name":"Ada"}"#, []),
        (#"{"name":"Ada","age":3,"kind":"b","list":[1,2.5],"either":null}"#, []),
        (#"{"name":"Ada","age":3.0}"#, []),
        (#"{}"#, ["`name`: is required (string)"]),
        (#"[]"#, ["expected object, got array"]),
        (#"{"name":7}"#, ["`name`: expected string, got number"]),
        (#"{"name":"A"}"#, ["`name`: expected at least 2 characters"]),
        (#"{"name":"Ada","age":-1}"#, ["`age`: expected at least 0"]),
        (#"{"name":"Ada","age":1.5}"#, ["`age`: expected integer, got number"]),
        (#"{"name":"Ada","kind":"c"}"#, [#"`kind`: expected one of "a", "b""#]),
        (#"{"name":"Ada","list":[1,"x"]}"#, ["`list[1]`: expected number, got string"]),
        (#"{"name":"Ada","list":[1,2,3]}"#, ["`list`: expected at most 2 items"]),
        (
            #"{"name":"Ada","other":1}"#,
            ["`other`: is unknown; known: name, age, kind, list, either"]
        ),
        (#"{"name":"Ada","either":1}"#, ["`either`: fits none of the forms that are allowed"]),
    ])
    func `what does not fit is named with what was expected`(
        _ text: String, _ expected: [String]
    ) throws {
        let problems = InputSchema(Self.schema).problems(of: try JSON(parsing: text))
        #expect(problems.map(\.description) == expected)
    }

    @Test func `every tool has a schema of an object with a description for each member`() {
        for tool in ToolCatalog.all.tools {
            let definition = tool.definition
            #expect(definition.inputSchema["type"] == "object", "\(definition.name)")
            #expect(definition.description.count > 40, "\(definition.name)")
            #expect(!definition.description.hasSuffix("\n"), "\(definition.name)")
        }
        #expect(ToolCatalog.all.tools.count == 15)
    }
}
