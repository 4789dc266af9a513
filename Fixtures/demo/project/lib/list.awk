{ printf "%3d  %s  %-12s %12s  %s\n", NR, $1, $2, money($3), $4 }
