# Adds `tally search TEXT`. Meets export.sh: both add a command at the same places.
. "${0%/*}/developer.sh"

say 'writing the command'
cat >lib/search.sh <<'END'
# tally search TEXT
search() {
    [ -n "${1-}" ] || fail 'usage: tally search TEXT'
    list | grep -iF -- "$1" || fail "nothing holds '$1'"
}
END
insert_after tally '  import FILE                       record the expenses of a CSV file' <<'END'
  search TEXT                       print the expenses that hold the text
END
insert_after tally 'import) import "$@" ;;' <<'END'
search) search "$@" ;;
END

say 'writing its tests'
cat >tests/cases/search.sh <<'END'
tally add 2026-01-03 food 12.50 'Bread and cheese'
tally add 2026-01-05 travel 48 train
has 'a note is searched' '2026-01-03' tally search bread
has 'a category is searched' '2026-01-05' tally search TRAVEL
fails 'nothing found is a failure' "nothing holds 'hotel'" tally search hotel
has 'search is in the help' 'search TEXT' tally help
END
run_tests
commit 'Add search'
summary 'tally search TEXT looks through dates, categories and notes.'
