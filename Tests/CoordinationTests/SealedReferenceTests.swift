import Base
import TestSupport
import Testing

@testable import Coordination

struct SealedReferenceTests {
    @Test(arguments: [
        ("true", false), ("git pack-refs --all", false),
        ("git update-ref refs/heads/x HEAD~1", true),
        ("git branch -q -D x", true), ("git pack-refs --all; git branch -q -D x", true),
        ("rm .git/refs/heads/x; ln -s main .git/refs/heads/x", true),
        ("git pack-refs --all; git update-ref refs/heads/x HEAD~1", true),
    ])
    func `a ref that leads elsewhere is told from one that git packed`(
        script: String, isBroken: Bool
    ) throws {
        let repository = try ScratchRepository()
        for text in ["one", "two"] {
            try repository.write("a.txt", text)
            try repository.commit()
        }
        try repository.git("branch", "x")
        let common = repository.path.appending(".git")
        let seal = SealedReference("refs/heads/x", in: common)
        try repository.shell(script, in: repository.path)
        #expect(seal.isBroken(in: common) == isBroken)
    }
}
