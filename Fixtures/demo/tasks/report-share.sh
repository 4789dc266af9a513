# Adds the share of each line to the report. Starts from what report-largest.sh made.
. "${0%/*}/developer.sh"

say 'adding the share'
grep -q 'ordered "$1"' lib/report.sh || stop 'the sorted report is not there'
replace lib/report.awk '    total[key] += $3' '    total[key] += $3
    everything += $3'
replace lib/report.awk '        printf "%d\t%-12s %12s\n", total[key], key, money(total[key])' \
    '        share = everything == 0 ? 0 : 100 * total[key] / everything
        printf "%d\t%-12s %12s %5.1f %%\n", total[key], key, money(total[key]), share'
cat >tests/cases/report-share.sh <<'END'
tally add 2026-01-03 food 12.50
tally add 2026-01-31 travel 37.50
has 'a line has its share' 'food                12.50  25.0 %' tally report category
has 'a month has its share' '2026-01             50.00 100.0 %' tally report month
tally add 2026-01-31 travel -50
has 'a sum of nothing has no shares' '0.0 %' tally report month
END
run_tests
commit 'Print the share in reports'
summary 'Every line of a report has its share of the whole.'
