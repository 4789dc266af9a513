same 'an empty list is empty' '' tally list
same 'adding says nothing' '' tally add 2026-01-05 travel 48
same 'a note is optional' '  1  2026-01-05  travel              48.00  ' tally list
tally add 2026-01-03 food 12.5 'bread and cheese'
has 'an earlier day goes first' '  1  2026-01-03  food                12.50  bread and cheese' tally list
has 'an amount may be negative' '' tally add 2026-01-06 food -2.05 refund
has 'a negative amount is listed' '-2.05' tally list
same 'a file is plain text' "2026-01-05	travel	4800	" grep travel "$TALLY_FILE"
fails 'a day must exist' "there is no day '2026-02-29'" tally add 2026-02-29 food 1
has 'a leap year has 29 February' '' tally add 2024-02-29 food 1
fails 'a date has its form' 'a date looks like' tally add 5.1.2026 food 1
fails 'an amount is a number' "not '1,50'" tally add 2026-01-05 food 1,50
fails 'an amount has two decimals at most' 'an amount looks like' tally add 2026-01-05 food 1.505
fails 'a category is one word' 'a category is a word' tally add 2026-01-05 'Eating out' 1
fails 'arguments are counted' 'usage: tally add' tally add 2026-01-05
