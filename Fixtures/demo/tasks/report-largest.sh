# Sorts the report by category. Its scope is that of report-share.sh, so the two never run at once.
. "${0%/*}/developer.sh"

say 'sorting the report'
replace lib/report.awk '        printf "%-12s %12s\n", key, money(total[key])' \
    '        printf "%d\t%-12s %12s\n", total[key], key, money(total[key])'
replace lib/report.awk '# One line for each category or month. The caller sorts.' \
    '# One line for each category or month, with its cents and a tab in front, by which the caller sorts.'
replace lib/report.sh \
    "    records '' | awk -F '\\t' -v by=\"\$1\" -f \"\$lib/money.awk\" -f \"\$lib/report.awk\" | sort" \
    "    records '' | awk -F '\\t' -v by=\"\$1\" -f \"\$lib/money.awk\" -f \"\$lib/report.awk\" | ordered \"\$1\""
cat >>lib/report.sh <<'END'

# ordered category|month: categories with the largest first, months as they come.
ordered() {
    case $1 in
    category) sort -t "$tab" -k 1,1nr -k 2,2 ;;
    month) sort -t "$tab" -k 2,2 ;;
    esac | cut -f 2
}
END
cat >tests/cases/report-largest.sh <<'END'
tally add 2026-01-03 food 12.50
tally add 2026-01-31 travel 48
tally add 2026-02-01 books 20
largest() {
    tally report category | cut -d ' ' -f 1 | tr '\n' ' '
}
months() {
    tally report month | cut -d ' ' -f 1 | tr '\n' ' '
}
same 'the largest category is first' 'travel books food ' largest
same 'months stay in order' '2026-01 2026-02 ' months
END
run_tests
summary 'A report by category starts with the largest.'
