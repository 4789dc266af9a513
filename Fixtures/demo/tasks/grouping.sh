# Writes 1234567.50 as 1,234,567.50. Meets currency.sh: both change the one line of money().
. "${0%/*}/developer.sh"

say 'changing how amounts are printed'
replace lib/money.awk '    return sprintf("%.2f", amount / 100)' \
    '    return grouped(sprintf("%.2f", amount / 100))'
cat >>lib/money.awk <<'END'

# grouped(text): the number with a comma before every three digits.
function grouped(text,    tail) {
    tail = substr(text, length(text) - 2)
    text = substr(text, 1, length(text) - 3)
    while (text ~ /[0-9][0-9][0-9][0-9]$/) {
        tail = "," substr(text, length(text) - 2) tail
        text = substr(text, 1, length(text) - 3)
    }
    return text tail
}
END

cat >tests/cases/grouping.sh <<'END'
tally add 2026-01-03 rent 999.99
same 'three digits need no comma' 999.99 tally sum
tally add 2026-01-04 rent 233567.51
same 'thousands have a comma' 234,567.50 tally sum
tally add 2026-01-05 rent 1000000
same 'millions have two' 1,234,567.50 tally sum
tally add 2026-01-05 rent -2468567.50
same 'a minus stays in front' -1,234,000.00 tally sum
END
run_tests
summary 'Amounts have a comma before every three digits.'
