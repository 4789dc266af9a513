# Adds `tally export [MONTH]`. Meets search.sh: both add a command at the same places.
. "${0%/*}/developer.sh"

say 'writing the command'
cat >lib/export.sh <<'END'
# tally export [MONTH]
export_csv() {
    check_month "${1-}"
    records "${1-}" | awk -F '\t' -f "$lib/money.awk" -f "$lib/export.awk"
}
END
cat >lib/export.awk <<'END'
# Prints records as CSV that `tally import` reads.

function quoted(text) {
    if (text !~ /[",]/) return text
    gsub(/"/, "\"\"", text)
    return "\"" text "\""
}

BEGIN { print "date,category,amount,note" }

{ printf "%s,%s,%.2f,%s\n", $1, $2, $3 / 100, quoted($4) }
END
insert_after tally '  import FILE                       record the expenses of a CSV file' <<'END'
  export [MONTH]                    print the expenses as CSV
END
insert_after tally 'import) import "$@" ;;' <<'END'
export) export_csv "$@" ;;
END

say 'writing its tests'
cat >tests/cases/export.sh <<'END'
tally add 2026-01-03 food 12.50 'milk, eggs'
tally add 2026-02-05 books 9 'the "good" one'
has 'a comma is quoted' '2026-01-03,food,12.50,"milk, eggs"' tally export
has 'a quote is doubled' '2026-02-05,books,9.00,"the ""good"" one"' tally export 2026-02
tally export >"$scratch/export/out.csv"
TALLY_FILE=$scratch/export/copy.tsv
same 'an export can be imported' '2 recorded' tally import "$scratch/export/out.csv"
same 'and gives the same expenses' "$(cat "$scratch/export/expenses.tsv")" cat "$TALLY_FILE"
has 'export is in the help' 'export [MONTH]' tally help
END
run_tests
commit 'Add the CSV export'
summary 'tally export prints CSV that tally import reads back.'
