# tally add DATE CATEGORY AMOUNT [NOTE]
add() {
    [ $# -eq 3 ] || [ $# -eq 4 ] || fail 'usage: tally add DATE CATEGORY AMOUNT [NOTE]'
    line=$(record "$@") || fail "$line"
    printf '%s\n' "$line" | store
}
