import Review
import Base

/// The body of `treeguild schema`: a schema is the document itself, so `--json` changes only the list.
@Sendable func schemaCommand(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    if let schema = invocation.words.first.flatMap(Schemas.schema(named:)) {
        await output.raw((schema.pretty + "\n").utf8)
    } else if invocation.isJSON {
        let names = JSON.array(Schemas.names.map { .string($0) })
        await output.document("treeguild.schemas/1", [("names", names)])
    } else {
        for name in Schemas.names { await output.line("\(name)") }
    }
    return .done
}
