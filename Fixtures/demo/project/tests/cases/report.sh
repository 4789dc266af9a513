tally add 2026-01-03 food 12.50
tally add 2026-01-31 travel 48
tally add 2026-02-01 food 3
has 'a category is added up' 'food                15.50' tally report category
has 'every category has a line' 'travel              48.00' tally report category
has 'a month is added up' '2026-01             60.50' tally report month
fails 'a report is by something' "not 'week'" tally report week
