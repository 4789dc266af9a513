# Copies a file and resolves its conflicts. Lines that are dropped go, each with
# its reason, as JSON objects to the file EXPLAINED. Status 1: a conflict is left.

function json(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    gsub(/\t/, "\\t", text)
    return "\"" text "\""
}

function explain(line, reason) {
    printf "{\"path\": %s, \"line\": %s, \"reason\": %s}\n", \
        json(ENVIRON["FILE"]), json(line), json(reason) >> ENVIRON["EXPLAINED"]
}

# Prints one resolved conflict from ours, base and theirs.
function resolve(    both) {
    both = ours theirs
    if (base == "") {
        printf "%s", both
    } else if (both ~ /grouped\(/ && both ~ /with_currency\(/ && oursCount == 1 && theirsCount == 1) {
        print "    return with_currency(grouped(sprintf(\"%.2f\", amount / 100)))"
        explain(oursLine, "grouping and currency are in one expression now")
        explain(theirsLine, "grouping and currency are in one expression now")
    } else {
        left = 1
    }
}

/^<<<<<<< / { side = "ours"; ours = base = theirs = ""; oursCount = theirsCount = 0; next }
/^\|\|\|\|\|\|\| / && side == "ours" { side = "base"; next }
/^=======$/ && side == "base" { side = "theirs"; next }
/^>>>>>>> / && side == "theirs" { side = ""; resolve(); next }

side == "ours" { ours = ours $0 "\n"; oursLine = $0; oursCount++; next }
side == "base" { base = base $0 "\n"; next }
side == "theirs" { theirs = theirs $0 "\n"; theirsLine = $0; theirsCount++; next }

{ print }

END { exit left || side != "" }
