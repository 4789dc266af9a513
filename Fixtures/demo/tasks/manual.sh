# Writes a manual: documents only. It starts in its worktree.
set -eu

echo 'writing the manual'
# Takes a moment, so that the progress can be watched.
sleep 1
cat >docs/manual.md <<'END'
# Manual

## A month with tally

Record what you spend on the day you spend it:

    $ ./tally add 2026-01-03 food 12.50 'bread and cheese'

Money that comes back is a negative amount:

    $ ./tally add 2026-01-09 food -2.05 'bottles'

At the end of the month look at the whole:

    $ ./tally sum 2026-01
    $ ./tally report category

## From a bank

Banks give statements as CSV. Bring the columns into the order date, category, amount, note, then:

    $ ./tally import january.csv

When one line is wrong, nothing is recorded, and the message names the line.

## A mistake

`./tally list` numbers the expenses; `./tally remove NUMBER` forgets one.
END
# shellcheck disable=SC2016
sed -i '/describes the file/a `docs/manual.md` goes through a month with tally.' README.md
git add -A
git commit -q -m 'Write a manual'
echo '{"summary": "A manual with a month as its example."}' >"$TREEGUILD_RESULT_FILE"
