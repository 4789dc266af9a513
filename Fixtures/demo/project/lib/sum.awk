{ total += $3 }

END { print money(total) }
