import Coordination
import Processes
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
}
