# The file of expenses. A line is a date, a category, cents and a note, with
# tabs between; lines are in the order of their dates.

tab=$(printf '\t')

# Says what is wrong and ends the program.
fail() {
    printf 'tally: %s\n' "$*" >&2
    exit 2
}

# Ends the program unless the word is a month, or empty: all months.
check_month() {
    case $1 in
    '' | [0-9][0-9][0-9][0-9]-[0-9][0-9]) ;;
    *) fail "a month looks like 2026-01, not '$1'" ;;
    esac
}

# Prints the expenses of a month; of all months when it is empty.
records() {
    [ -f "$file" ] || return 0
    grep "^$1" "$file" || true
}

# Adds the records of standard input. The file changes in one step or not at all.
store() {
    { records '' && cat; } | sort -s -t "$tab" -k 1,1 >"$file.new"
    mv "$file.new" "$file"
}

# Checks one expense and prints its record.
record() {
    awk -v date="$1" -v category="$2" -v amount="$3" -v note="${4-}" \
        -f "$lib/money.awk" -f "$lib/record.awk" </dev/null
}
