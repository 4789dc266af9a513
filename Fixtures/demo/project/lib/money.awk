# Amounts. The program adds them up as whole cents.

# money(amount): an amount of cents as people read it.
function money(amount) {
    return sprintf("%.2f", amount / 100)
}

# cents(text): the cents of 12, 12.5 or -12.50; "" for a text that is no amount.
function cents(text,    sign, parts) {
    if (text !~ /^-?[0-9]+(\.[0-9][0-9]?)?$/) return ""
    sign = sub(/^-/, "", text) ? -1 : 1
    split(text, parts, ".")
    return sign * (parts[1] * 100 + substr(parts[2] "00", 1, 2))
}
