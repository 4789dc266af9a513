import Tasks
import Testing

struct NearestNameTests {
    @Test(
        arguments: [
            ("tset", "test"), ("prompt-file", "prompt_file"), ("afte", "after"), ("Goal", "goal"),
            ("x", nil), ("workspace", nil), ("", nil), ("retrys", "retries"), ("idd", "id"),
        ] as [(String, String?)])
    func `a mistyped name finds the one that was meant`(name: String, nearest: String?) {
        let known = ["test", "prompt_file", "prompt", "after", "goal", "retries", "id"]
        #expect(NearestName.find(name, in: known) == nearest)
    }
}
