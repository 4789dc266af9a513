extension HeadingRule {
    /// The rules that git has built in, by the name that `diff=NAME` selects.
    ///
    /// Each says what git's driver of the name accepts; where versions of git differ, the newest.
    static let builtIn: [String: HeadingRule] = markup.merging(scripts) { $1 }
        .merging(compiled) { $1 }.merging(bracketed) { $1 }

    private static let markup: [String: HeadingRule] = [
        "bibtex": HeadingRule([
            .take("(@[a-zA-Z]+[ \t]*[{]?[ \t]*[^ \t\"@',\\#}{~%]*).*$")
        ]),
        "css": HeadingRule(
            [.refuse("[:;][[:space:]]*$"), .take("^[:[@.#]?[_a-z0-9].*$")], ignoresCase: true),
        "fountain": HeadingRule(
            [.take("^([.][^.].*|(int|ext|est|int[.]?/ext|i/e)[. ].*)$")], ignoresCase: true),
        "html": HeadingRule([.take("^[ \t]*(<[Hh][123456](>|[ \t].*>).*)$")]),
        "markdown": HeadingRule([.take("^ ? ? ?##?#?#?#?#?[ \t].*")]),
        "tex": HeadingRule([.take("^([\\](chapter|part|(sub)*section)[*]?[{].*)$")]),
    ]

    private static let name = "[A-Za-z_][A-Za-z_0-9]*"

    private static let scripts: [String: HeadingRule] = [
        "bash": HeadingRule([
            .take(
                "^[ \t]*((\(name)[ \t]*[(][ \t]*[)]|function[ \t]+\(name)"
                    + "([ \t]*[(][ \t]*[)]|[ \t]+)).*)$")
        ]),
        "elixir": HeadingRule([
            .words(["def", "defp", "defmacro", "defmodule", "defimpl", "defprotocol", "test"])
        ]),
        "matlab": HeadingRule([
            .take("^[[:space:]]*((classdef|function)[[:space:]].*)$|^(%%|%%%|##)[[:space:]].*$")
        ]),
        "perl": HeadingRule([
            .take("^package .*"),
            .take("^sub [[:alnum:]_':]+[ \t]*([(][^)]*[)][ \t]*)?(:[^;#]*)?\(opening)"),
            .take("^(BEGIN|END|INIT|CHECK|UNITCHECK|AUTOLOAD|DESTROY)[ \t]*\(opening)"),
            .take("^=head[0123456789] .*"),
        ]),
        "php": HeadingRule([
            .words(
                ["function"], before: "((abstract|final|private|protected|public|static)[ \t]+)*",
                then: ".*"),
            .words(["((abstract|final)[ \t]+)?class", "enum", "interface", "trait"], then: ".*"),
        ]),
        "python": HeadingRule([.words(["class", "def", "async[ \t]+def"])]),
        "ruby": HeadingRule([.words(["class", "def", "module"])]),
        "scheme": HeadingRule([
            .take("^([(].*)$"),
            .take(
                "^[ \t]*([(](define|def|defstruct|defsyntax|defclass|defmethod|defrules|defrecord"
                    + "|defproto|defalias)[-*/ \t].*|[(](library|module|struct|class)[*+ \t].*)$"),
            .take("^  ?([(][Dd][Ee][Ff].*)$"),
        ]),
    ]

    /// The end of a line that opens a block of Perl: perhaps a brace, perhaps a comment.
    private static let opening = "([{][ \t]*)?(#.*)?$"

    private static let compiled: [String: HeadingRule] = [
        "ada": HeadingRule(
            [
                .refuse("^(.*[ \t])?(renames|is[ \t]+(new|separate))([ \t].*)?$"),
                .refuse("^[ \t]*with[ \t]"),
                .words(
                    ["procedure", "function", "package", "protected", "task"], then: "[ \t]+.*"),
            ], ignoresCase: true),
        "dts": HeadingRule([
            .refuse("[;=]"), .take("^[ \t]*(/[ \t]*[{].*|&?[a-zA-Z_].*)"),
        ]),
        "fortran": HeadingRule(
            [
                .refuse("^([C*]|[ \t]*!)"), .refuse("^[ \t]*module[ \t]+procedure[ \t]"),
                .words(
                    [
                        "(end[ \t]+)?(program|module|block[ \t]+data)",
                        "(end[ \t]+)?([^!'\" \t]+[ \t]+)*(subroutine|function)",
                    ], then: "[ \t]+[a-z].*"),
            ], ignoresCase: true),
        "golang": HeadingRule([
            .words(["func"], then: ".*"),
            .take("^[ \t]*(type[ \t].*(interface|struct)[ \t]*([{][ \t]*)?)"),
        ]),
        "kotlin": HeadingRule([
            .words(["fun", "class", "interface"], before: "([a-z]+[ \t]+)*", then: "[ \t]+.*")
        ]),
        "pascal": HeadingRule([
            .take(
                "^(((class[ \t]+)?(function|procedure)|constructor|destructor|interface"
                    + "|implementation|initialization|finalization).*)$"),
            .take("^(.*=[ \t]*(class|record).*)$"),
        ]),
        "rust": HeadingRule([
            .words(
                ["struct", "enum", "union", "mod", "trait", "fn", "impl", "macro_rules!"],
                before: "(pub([(][^)]+[)])?[ \t]+)?"
                    + "((async|const|unsafe|extern[ \t]+\"[^\"]+\")[ \t]+)?",
                then: "[< \t]+[^;]*")
        ]),
    ]

    /// Words with their type arguments, as C# declares with them.
    private static let typed = "([][[:alnum:]@_.](<[][[:alnum:]@_, \t<>]+>)?)+"

    private static let bracketed: [String: HeadingRule] = [
        "cpp": HeadingRule([
            .refuse("^[ \t]*\(name):[[:space:]]*($|/[/*])"),
            .take("^((::[[:space:]]*)?[A-Za-z_].*)$"),
        ]),
        "csharp": HeadingRule([
            .refuse(
                "(^|[ \t])(case|catch|default|do|else|fixed|for|foreach|if|lock|new|return|switch"
                    + "|throw|using|while)([ \t(]|$)"),
            .take("^[ \t]*(\(typed)([ \t]+\(typed))+[ \t]*[(][^;]*)$"),
            .take("^[ \t]*(\(typed)([ \t]+\(typed))+[^;=:,()]*)$"),
            .words(
                ["class", "enum", "interface", "struct", "record"],
                before: "((abstract|internal|new|partial|private|protected|public|sealed|static"
                    + "|unsafe)[ \t]+)*", then: "[ \t]+.*"),
            .words(["namespace"], then: "[ \t]+.*"),
        ]),
        "java": HeadingRule([
            .notWords([
                "catch", "do", "for", "if", "instanceof", "new", "return", "switch", "throw",
                "while",
            ]),
            .words(
                ["class", "enum", "interface", "record"], before: "([a-z-]+[ \t]+)*",
                then: "[ \t]+.*"),
            .take("^[ \t]*(([A-Za-z_<>&][][?&<>.,A-Za-z_0-9]*[ \t]+)+\(name)[ \t]*[(][^;]*)$"),
        ]),
        "objc": HeadingRule([
            .notWords(["do", "for", "if", "else", "return", "switch", "while"]),
            .take("^[ \t]*([-+][ \t]*[(][ \t]*[A-Za-z_][A-Za-z_0-9* \t]*[)][ \t]*[A-Za-z_].*)$"),
            .take("^[ \t]*((\(name)[ \t]+)+\(name)[ \t]*[(][^;]*)$"),
            .take("^(@(implementation|interface|protocol)[ \t].*)$"),
        ]),
    ]
}
