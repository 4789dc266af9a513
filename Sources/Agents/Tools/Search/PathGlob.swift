/// A pattern for paths as search tools take it: git's, with braces.
///
/// Without a slash it is held against the name alone, at any depth; otherwise against the path.
struct PathGlob: Sendable {
    private struct Alternative: Sendable {
        let wildmatch: Wildmatch
        let isName: Bool
    }

    private let alternatives: [Alternative]
    /// Whether a `!` stood before it.
    let isNegated: Bool

    /// - Parameter isAnchored: Whether a pattern without a slash means the top folder only.
    init(_ pattern: String, isAnchored: Bool = false) {
        isNegated = pattern.hasPrefix("!")
        let body = Array(pattern.utf8.dropFirst(isNegated ? 1 : 0))
        alternatives = PathGlob.expanded(body, depth: 0).map { pattern in
            var pattern = pattern
            var isName = !isAnchored && !pattern.contains(0x2f)
            if pattern.starts(with: Array("**/".utf8)), !pattern[3...].contains(0x2f) {
                pattern.removeFirst(3)
                // `**/**` is everything, whatever its name.
                isName = true
            }
            if pattern.first == 0x2f { pattern.removeFirst() }
            while pattern.starts(with: Array("./".utf8)) { pattern.removeFirst(2) }
            return Alternative(wildmatch: Wildmatch(pattern), isName: isName)
        }
    }

    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        alternatives.contains { alternative in
            guard alternative.isName, let slash = path.lastIndex(of: 0x2f) else {
                return alternative.wildmatch.matches(path)
            }
            return alternative.wildmatch.matches(path[(slash + 1)...])
        }
    }

    /// The pattern for each choice of its braces; at most 1,000, the rest is left out.
    private static func expanded(_ pattern: [UInt8], depth: Int) -> [[UInt8]] {
        var at = 0
        while at < pattern.count, pattern[at] != UInt8(ascii: "{") {
            at += pattern[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < pattern.count, depth < 20 else { return [pattern] }
        var level = 0
        var parts: [[UInt8]] = [[]]
        var place = at
        while place < pattern.count {
            let byte = pattern[place]
            if byte == UInt8(ascii: "{") {
                level += 1
                if level > 1 { parts[parts.count - 1].append(byte) }
            } else if byte == UInt8(ascii: "}") {
                level -= 1
                if level == 0 { break }
                parts[parts.count - 1].append(byte)
            } else if byte == UInt8(ascii: ","), level == 1 {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
            place += 1
        }
        // An open brace is itself.
        guard place < pattern.count else { return [pattern] }
        var out: [[UInt8]] = []
        for part in parts where out.count < 1000 {
            out += expanded(pattern[..<at] + part + pattern[(place + 1)...], depth: depth + 1)
        }
        return Array(out.prefix(1000))
    }
}

/// Names of languages that searches can be limited to, with their files: ripgrep's most used.
enum FileTypes {
    static let globs: [String: [String]] = [
        "c": ["*.[chH]"], "cpp": ["*.{cc,cpp,cxx,hh,hpp,hxx,h,inl,C,H}"], "cs": ["*.cs"],
        "css": ["*.{css,scss}"], "dart": ["*.dart"], "docker": ["*Dockerfile*"],
        "elixir": ["*.{ex,exs,eex,heex,leex,livemd}"], "go": ["*.go"],
        "haskell": ["*.{hs,lhs,cpphs,hsc,c2hs}"], "html": ["*.{htm,html,ejs}"],
        "java": ["*.{java,jsp,jspx,properties}"], "js": ["*.{js,jsx,mjs,cjs,vue}"],
        "json": ["*.json", "composer.lock", "*.sarif"], "kotlin": ["*.{kt,kts}"],
        "lua": ["*.lua"], "make": ["[Mm]akefile*", "[Gg][Nn][Uu]makefile*", "*.{mk,mak}"],
        "md": ["*.{md,markdown,mdown,mdwn,mkd,mkdn,mdx}"],
        "php": ["*.{php,php3,php4,php5,php7,php8,pht,phtml}"],
        "proto": ["*.proto"], "py": ["*.{py,pyi}"],
        "ruby": ["*.{rb,gemspec,rbw}", "Gemfile", "Rakefile", "config.ru"],
        "rust": ["*.rs"], "scala": ["*.{scala,sbt}"],
        "sh": [
            "*.{sh,bash,bashrc,csh,cshrc,ksh,kshrc,tcsh,zsh,zshrc}", ".bash*", ".zsh*", ".profile",
        ],
        "sql": ["*.{sql,psql}"], "swift": ["*.swift"], "toml": ["*.toml", "Cargo.lock"],
        "ts": ["*.{ts,tsx,cts,mts}"], "txt": ["*.txt"],
        "xml": ["*.{xml,xsd,xsl,xslt,dtd,rng,sch,xhtml,xjb,xml.dist,dtd}"],
        "yaml": ["*.{yaml,yml}"],
        "zig": ["*.zig"],
    ]
}
