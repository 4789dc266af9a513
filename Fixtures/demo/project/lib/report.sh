# tally report category|month
report() {
    case ${1-} in
    category | month) ;;
    *) fail "a report is by category or by month, not '${1-}'" ;;
    esac
    records '' | awk -F '\t' -v by="$1" -f "$lib/money.awk" -f "$lib/report.awk" | sort
}
