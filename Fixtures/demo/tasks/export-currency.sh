# Adds a currency column to the export. Builds on export.sh and on currency.sh.
. "${0%/*}/developer.sh"

[ -f lib/export.awk ] || stop 'the export is not there'
grep -q '^function currency()' lib/money.awk || stop 'the currency is not there'

say 'adding the column'
replace lib/export.awk 'BEGIN { print "date,category,amount,note" }' \
    'BEGIN { print "date,category,amount,note,currency" }'
replace lib/export.awk '{ printf "%s,%s,%.2f,%s\n", $1, $2, $3 / 100, quoted($4) }' \
    '{ printf "%s,%s,%.2f,%s,%s\n", $1, $2, $3 / 100, quoted($4), quoted(currency()) }'

cat >tests/cases/export-currency.sh <<'END'
tally add 2026-01-03 food 12.50 bread
TALLY_CURRENCY=EUR
export TALLY_CURRENCY
has 'the export names the currency' '2026-01-03,food,12.50,bread,EUR' tally export
unset TALLY_CURRENCY
has 'it may be empty' '2026-01-03,food,12.50,bread,' tally export
END
run_tests
commit 'Name the currency in the export'
summary 'The export has a column with the currency.'
