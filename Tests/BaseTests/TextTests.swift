import Base
import Testing

/// What a terminal is given of texts from outside.
struct TextTests {
    @Test(arguments: [
        ("a\u{1b}[2Jb", #"a\x1b[2Jb"#), ("a\u{85}b", #"a\x85b"#), ("a\u{7f}b", #"a\x7fb"#),
        ("a\u{2028}b\u{2029}", #"a\u{2028}b\u{2029}"#), ("a\u{202e}b", #"a\u{202e}b"#),
        ("a\u{2066}b\u{2069}", #"a\u{2066}b\u{2069}"#), ("a\u{200b}b", #"a\u{200b}b"#),
        ("a\u{200d}b", #"a\u{200d}b"#), ("a\u{200f}b", #"a\u{200f}b"#),
        ("a\u{2060}b\u{feff}", #"a\u{2060}b\u{feff}"#), ("a\u{ad}b", #"a\xadb"#),
        ("a\u{e0041}b", #"a\u{e0041}b"#), ("\u{fe0f}a", #"\u{fe0f}a"#),
        ("1\u{200d}2", #"1\u{200d}2"#), ("☺\u{fe0f}\u{fe0f}", "☺\u{fe0f}\\u{fe0f}"),
    ])
    func `what is not to be seen, or to be seen as something else, is made visible`(
        _ text: String, _ shown: String
    ) {
        #expect(Text.visible(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
    }

    @Test(arguments: [
        "a\tb", "Äpfel, Ünïcode", "e\u{301}", "☺️", "👨‍👩‍👧", "🏳️‍🌈", "日本語", "שלום", "مرحبا", "हिन्दी",
    ])
    func `what people write stays as it is`(_ text: String) {
        #expect(Text.visible(text) == text)
    }
}
