tally add 2026-01-03 food 12.50 bread
tally add 2026-01-31 food 7.25
tally add 2026-02-01 travel 48 'train, there and back'
same 'a month is listed alone' \
    '  1  2026-02-01  travel              48.00  train, there and back' tally list 2026-02
same 'a month without expenses is empty' '' tally list 2025-12
fails 'a month has its form' "not 'January'" tally list January
same 'a sum is over everything' 67.75 tally sum
same 'a sum of a month' 19.75 tally sum 2026-01
same 'a sum of nothing' 0.00 tally sum 2025-12
same 'removing says nothing' '' tally remove 2
same 'the removed one is gone' 60.50 tally sum
fails 'a number must be in the list' 'the list has no number 9' tally remove 9
fails 'a number is a number' "not 'x'" tally remove x
