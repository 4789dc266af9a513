import Base
import Coordination
import Processes
import TestSupport
import Testing

@testable import Commands

struct RunSandboxTests {
    @Test func `a network that cannot be had is refused by name, before anything runs`() throws {
        var options = SandboxOptions()
        try RunSandbox.check(options, SandboxSupport(landlock: 7, network: 1))
        options.network = .none
        try RunSandbox.check(options, SandboxSupport(landlock: 7))
        let error = #expect(throws: CommandError.self) {
            try RunSandbox.check(options, SandboxSupport(landlock: 7, network: 1))
        }
        #expect(error?.exit == .refused)
    }

    @Test func `what is missing is said when a run begins`() {
        let warnings = RunSandbox.warnings(SandboxOptions(), SandboxSupport(landlock: 0))
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("no Landlock") == true)
        #expect(RunSandbox.warnings(SandboxOptions(), SandboxSupport(landlock: 7)) == [])
    }

    @Test func `files with secrets are found however deep, save where packages lie`() throws {
        let scratch = try Scratch()
        for name in [".env", "a/b/c/d/.env.local", "x/.env", "node_modules/.env", ".git/.env"] {
            let file = scratch.path.appending(name)
            try Files.makeFolder(file.parent)
            try Files.replace(file, with: "key\n".utf8)
        }
        let found = RunSandbox.secrets(in: scratch.path).map(\.description).sorted()
        #expect(
            found
                == [".env", "a/b/c/d/.env.local", "x/.env"].map {
                    scratch.path.appending($0).description
                })
    }
}
