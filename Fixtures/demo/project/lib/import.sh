# tally import FILE: all lines are recorded, or none when one of them is wrong.
import() {
    [ $# -eq 1 ] || fail 'usage: tally import FILE'
    [ -r "$1" ] || fail "cannot read '$1'"
    awk -f "$lib/csv.awk" "$1" >"$file.import"
    number=0
    while IFS=$tab read -r at date category amount note; do
        line=$(record "$date" "$category" "$amount" "$note") || {
            rm -f "$file.import" "$file.checked"
            fail "$1, line $at: $line"
        }
        printf '%s\n' "$line" >>"$file.checked"
        number=$((number + 1))
    done <"$file.import"
    [ "$number" -eq 0 ] || store <"$file.checked"
    rm -f "$file.import" "$file.checked"
    echo "$number recorded"
}
