# One line for each category or month. The caller sorts.

{
    key = by == "month" ? substr($1, 1, 7) : $2
    total[key] += $3
}

END {
    for (key in total) {
        printf "%-12s %12s\n", key, money(total[key])
    }
}
