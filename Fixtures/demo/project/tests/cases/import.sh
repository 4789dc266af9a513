csv=$scratch/import/in.csv
printf '%s\n' 'date,category,amount,note' '2026-03-01,food,4.20,"milk, eggs"' '' \
    '2026-03-02,books,15,"the ""good"" one"' >"$csv"
same 'a file is imported' '2 recorded' tally import "$csv"
has 'a quoted comma is text' 'milk, eggs' tally list
has 'a doubled quote is a quote' 'the "good" one' tally list
printf '%s\n' '2026-03-03,food,1' '2026-03-04,food,a lot' >"$csv"
fails 'a wrong line is named' "line 2: an amount looks like 12.50, not 'a lot'" tally import "$csv"
same 'and then nothing is recorded' 19.20 tally sum
fails 'a file must be there' 'cannot read' tally import "$scratch/import/none.csv"
