import Review
import Testing

struct StyledTextTests {
    @Test func `what is interpolated cannot control the terminal`() {
        let name = "\u{1b}[2Jmain\r\n\u{202e}"
        let text: StyledText = "branch \(name, .bold)\u{1b}[1m"
        #expect(text.plain == "branch \\x1b[2Jmain\\x0d\\x0a\\u{202e}\u{1b}[1m")
    }

    @Test func `styles become escape sequences only where colour is wanted`() {
        let text: StyledText = "a \("b", .bold, .red) c\("", .dim)"
        #expect(text.rendered(color: false) == "a b c")
        #expect(text.rendered(color: true) == "a \u{1b}[1;31mb\u{1b}[0m c")
    }

    @Test(arguments: [
        (0, "…"), (1, "…"), (2, "a…"), (4, "abc…"), (5, "abcd…"), (6, "abcdef"), (9, "abcdef"),
    ])
    func `cutting keeps within the columns and says that it cut`(columns: Int, cut: String) {
        let text: StyledText = "ab\("cd", .red)ef"
        if columns > 0 {
            #expect(text.truncated(to: columns).plain == cut)
            #expect(text.truncated(to: columns).width <= columns)
        } else {
            #expect(text.truncated(to: columns).isEmpty)
        }
    }

    @Test func `wide characters are counted by their columns`() {
        let text: StyledText = "日本語\("日本", .cyan)"
        #expect(text.width == 10)
        for columns in 1...10 { #expect(text.truncated(to: columns).width <= columns) }
        #expect(text.padded(to: 12).width == 12)
    }

    @Test func `texts are joined with their styles`() {
        let parts: [StyledText] = ["\("a", .green)", "b"]
        #expect(parts.joined(separator: ", ") == "\("a", .green), b")
        #expect(StyledText.lines(outside: "a\nb\n").map(\.plain) == ["a", "b", ""])
    }
}
