# Prints the currency that TALLY_CURRENCY names. Meets grouping.sh: both change the one line of money().
. "${0%/*}/developer.sh"

say 'changing how amounts are printed'
insert_after lib/money.awk '# Amounts. The program adds them up as whole cents.' <<'END'

# currency(): the code or sign of the currency; "" when none is set.
function currency() {
    return ENVIRON["TALLY_CURRENCY"]
}

# with_currency(text): the amount with its currency in front.
function with_currency(text) {
    return currency() == "" ? text : currency() " " text
}
END
replace lib/money.awk '    return sprintf("%.2f", amount / 100)' \
    '    return with_currency(sprintf("%.2f", amount / 100))'

cat >tests/cases/currency.sh <<'END'
tally add 2026-01-03 food 12.50
same 'no currency is the default' 12.50 tally sum
TALLY_CURRENCY=EUR
export TALLY_CURRENCY
same 'the currency is in front' 'EUR 12.50' tally sum
has 'the list has it too' 'EUR 12.50' tally list
unset TALLY_CURRENCY
END
run_tests
commit 'Print the currency'
summary 'TALLY_CURRENCY names the currency of all amounts.'
