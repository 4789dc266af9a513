# tally list [MONTH]
list() {
    check_month "${1-}"
    records "${1-}" | awk -F '\t' -f "$lib/money.awk" -f "$lib/list.awk"
}

# tally sum [MONTH]
sum() {
    check_month "${1-}"
    records "${1-}" | awk -F '\t' -f "$lib/money.awk" -f "$lib/sum.awk"
}

# tally remove NUMBER
remove() {
    case ${1-} in
    '' | 0* | *[!0-9]*) fail "a number of the list, please, not '${1-}'" ;;
    esac
    [ "$1" -le "$(records '' | wc -l)" ] || fail "the list has no number $1"
    sed "$1d" "$file" >"$file.new"
    mv "$file.new" "$file"
}
