# Reads scripts/lint-allow, then Swift and C files, and prints what breaks a rule.
#
# Lines are split into code, with the content of strings blanked, and comment. The splitting knows
# interpolation, raw strings and multi-line strings; it does not know regex literals.

function report(rule, text,    i) {
    for (i = 1; i <= allowed; i++) {
        if (allowRule[i] == rule && FILENAME ~ allowFile[i]) {
            used[i] = 1
            return
        }
    }
    printf "%s:%d: %s: %s\n", FILENAME, FNR, rule, text
}

# --- Splitting -----------------------------------------------------------------------------------

# A stack of what is open: "s" string, "m" multi-line string, "i" interpolation, "b" comment.
# hashes[] is the number of # of a string; parens[] the open parentheses of an interpolation.
function push(what, number) {
    depth++
    open[depth] = what
    hashes[depth] = number
    parens[depth] = 0
}

# Splits `line` into the globals code and comment.
function split_line(line,    i, c, n, tail) {
    code = comment = ""
    if (depth == 0 && line !~ /["]|\/[\/*]/) {
        code = line
        return
    }
    n = length(line)
    for (i = 1; i <= n; i++) {
        c = substr(line, i, 1)
        if (open[depth] == "b" && depth > 0) {
            if (substr(line, i, 2) == "*/") { depth--; i++ } else comment = comment c
        } else if (depth > 0 && (open[depth] == "s" || open[depth] == "m")) {
            i = in_string(line, i, c)
        } else if (c == "/" && substr(line, i + 1, 1) == "/") {
            comment = comment substr(line, i)
            break
        } else if (c == "/" && substr(line, i + 1, 1) == "*") {
            push("b", 0)
            i++
        } else if (c == "\"" || (c == "#" && substr(line, i) ~ /^#+"/)) {
            tail = substr(line, i)
            match(tail, /^#*/)
            i += RLENGTH
            if (substr(line, i, 3) == "\"\"\"") { push("m", RLENGTH); i += 2 } else push("s", RLENGTH)
            code = code "\""
        } else {
            if (depth > 0 && c == "(") parens[depth]++
            if (depth > 0 && c == ")") {
                if (parens[depth] == 0) { depth--; code = code " "; continue }
                parens[depth]--
            }
            code = code c
        }
    }
    # A string of one line ends with it, however it was read.
    while (depth > 0 && open[depth] != "m" && open[depth] != "b") depth--
}

# One character of a string; returns the place of the last one read.
function in_string(line, i, c,    marks, closing) {
    marks = substr("################", 1, hashes[depth])
    if (c == "\\" && substr(line, i + 1, hashes[depth]) == marks) {
        i += hashes[depth] + 1
        if (substr(line, i, 1) == "(") { code = code " "; push("i", 0) }
        return i
    }
    closing = (open[depth] == "m" ? "\"\"\"" : "\"") marks
    if (c == "\"" && substr(line, i, length(closing)) == closing) {
        depth--
        code = code "\""
        return i + length(closing) - 1
    }
    return i
}

# --- Rules ---------------------------------------------------------------------------------------

# The words of a name in camel case or with underscores, with blanks around each.
function words(text,    out, i, c, before) {
    out = " "
    before = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c ~ /[A-Z]/ && before ~ /[a-z0-9]/) out = out " "
        out = out (c ~ /[A-Za-z0-9]/ ? tolower(c) : " ")
        before = c
    }
    return out " "
}

function check_words(    names, spoken) {
    if (tolower($0) !~ /checkout|workspace|ticket|bot|job/) return
    names = code
    # C's names are C's.
    gsub(/(git|GIT)_[A-Za-z_]*/, "", names)
    names = words(names)
    if (match(names, / (checkout|workspace|workspaces|ticket|tickets|bot|bots|job) /))
        report("word", "not our word:" substr(names, RSTART, RLENGTH - 1))
    spoken = tolower(comment)
    gsub(/`[^`]*`/, "", spoken)
    gsub(/git checkout(-index)?/, "", spoken)
    if (match(" " spoken " ", /[^a-z_](checkouts?|workspaces?|tickets?|bots?|job)[^a-z_]/))
        report("word", "not our word: " substr(" " spoken " ", RSTART + 1, RLENGTH - 2))
}

function owner_of(library) {
    if (library == "CLibgit2") return "Git"
    if (library == "CCrypto") return "Git"
    if (library == "CSQLite") return "SQLite"
    if (library == "CYAML") return "YAML"
    if (library == "CSodium") return "Base"
    if (library == "CCurl") return "HTTP"
    if (library == "CMicroHTTPD") return "ModelServer"
    if (library == "CSystem") return "Processes"
    return ""
}

function check_import(    name) {
    if (code !~ /^[ \t]*(@[A-Za-z_() ]+)?(package |internal |private |fileprivate |public )?import /)
        return
    name = code
    sub(/^.*import ((struct|class|enum|protocol|typealias|func|let|var) )?/, "", name)
    sub(/[^A-Za-z0-9_].*/, "", name)
    if (name ~ /^Foundation/) report("foundation", name " is too large for a static binary")
    if (name == "Glibc" || name == "Dispatch" || name == "Darwin" || name == "Musl")
        report("import", name " only where scripts/lint-allow says so")
    if (owner_of(name) != "" && owner_of(name) != module)
        report("import", name " belongs to " owner_of(name))
}

# True for a declaration with `package` that needs a sentence of documentation.
function is_package_declaration(    text) {
    text = code
    # Attributes and modifiers before the keyword; the order is free in Swift.
    while (sub(/^[ \t]*(@[A-Za-z_]+(\([^)]*\))?|(private|internal|fileprivate)(\(set\))?|package\(set\))[ \t]+/, "", text)) {}
    sub(/^[ \t]+/, "", text)
    if (text !~ /(^| )package /) return 0
    if (!match(text, /(^| )(func|var|let|struct|enum|actor|protocol|class|init|subscript|typealias)([ ?(!<]|$)/))
        return 0
    if (index(substr(text, 1, RSTART + RLENGTH), "package ") == 0) return 0
    # What a protocol asks for is documented there.
    if (text ~ /(func (==|<|hash|encode|enqueue|next|makeIterator|makeAsyncIterator)[ (<])/) return 0
    if (text ~ /(var (description|debugDescription|unownedExecutor|hashValue|errorDescription|id)( |:))/)
        return 0
    if (text ~ /init\((stringLiteral|integerLiteral|booleanLiteral|floatLiteral|nilLiteral|arrayLiteral|dictionaryLiteral|from)/)
        return 0
    if (text ~ /let description: String$/) return 0
    return 1
}

function check_sources(    text) {
    check_import()
    if (code ~ /(^|[^A-Za-z0-9_])(public|open) (final |static |class |struct |enum |actor |func |var |let |init|protocol |extension |import )/)
        report("public", "what crosses modules is package; nothing is public")
    if (code ~ /(^|[^A-Za-z0-9_])try!/) report("force", "try!")
    if (code ~ /(^|[^A-Za-z0-9_])as!/) report("force", "as!")
    text = code
    gsub(/(^|[^A-Za-z0-9_])(try|as)!/, "", text)
    if (text ~ /[A-Za-z0-9_)\]}">?]!([^=]|$)/) report("force", "! unwraps by force")
    if (code ~ /(^|[^A-Za-z0-9_])fatalError\(/) report("force", "fatalError")
    if (code ~ /(^|[^A-Za-z0-9_])try\?/ && comment == "" && !commented && !tried)
        report("try", "try? needs a comment that says why")
    tried = code ~ /(^|[^A-Za-z0-9_])try\?/ && (comment != "" || commented || tried)
    if (code ~ /@unchecked/ && code ~ /Sendable/) report("unchecked", "@unchecked Sendable")
    if (code ~ /nonisolated\(unsafe\)/) report("unchecked", "nonisolated(unsafe)")
    if (is_package_declaration() && !documented) {
        if (code ~ /(^|[^A-Za-z])init[?(<]/ || code ~ /(^| )let / || code ~ /(^| )var [^{]*({.*})?$/)
            report("member", "a package member needs ///")
        else
            report("documentation", "a package declaration needs ///")
    }
}

# --- Reading -------------------------------------------------------------------------------------

# The exceptions come first.
FILENAME ~ /lint-allow$/ {
    if ($0 ~ /^[ \t]*(#|$)/) next
    if (NF < 3) {
        printf "%s:%d: allow: rule, file and reason, please\n", FILENAME, FNR
        next
    }
    allowed++
    allowRule[allowed] = $1
    pattern = $2
    gsub(/[.+]/, "\\\\&", pattern)
    gsub(/\*/, ".*", pattern)
    allowFile[allowed] = "^" pattern "$"
    allowLine[allowed] = FNR
    next
}

function end_of_file() {
    if (previous ~ /^Sources\// && lines > 400)
        printf "%s:%d: length: more than 400 lines\n", previous, lines
    else if (previous ~ /^Sources\// && lines > 300)
        printf "%s:%d: warning: %d lines; 300 is full\n", previous, lines, lines
}

FNR == 1 {
    end_of_file()
    previous = FILENAME
    depth = 0
    documented = commented = tried = 0
    inSources = FILENAME ~ /^Sources\//
    inTests = FILENAME ~ /^Tests\//
    isSwift = FILENAME ~ /\.swift$/
    module = FILENAME
    sub(/^[^\/]*\//, "", module)
    sub(/\/.*/, "", module)
    if (FILENAME ~ /(Utils|Utilities|Helpers?|Manager|Common)[^\/]*$/)
        report("word", "the file's name says nothing about its subject")
}

{
    lines = FNR
    split_line($0)
    if (comment ~ /(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)/)
        report("todo", "work that is left belongs elsewhere")
    check_words()
    if (isSwift && inSources) check_sources()
    if (isSwift && inTests && code ~ /(^|[^A-Za-z0-9_])(usleep|nanosleep|sleep)\(/)
        report("sleep", "a test waits for an event, not for a time")
}

# What the next line may lean on.
isSwift {
    if (comment != "" && code ~ /^[ \t]*$/) {
        commented = 1
        if (comment ~ /^\/\/\//) documented = 1
    } else if (code ~ /^[ \t]*@[A-Za-z_]+(\([^)]*\))?[ \t]*$/) {
        # An attribute on a line of its own stands between documentation and declaration.
    } else {
        # A statement over several lines keeps the comment that is above it.
        commented = commented && code ~ /([=,({]|\?\?|\|\||&&)[ \t]*$/
        documented = 0
    }
}

END {
    end_of_file()
    for (i = 1; i <= allowed; i++) {
        if (!used[i])
            printf "scripts/lint-allow:%d: allow: nothing needs this exception\n", allowLine[i]
    }
}
