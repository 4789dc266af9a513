# Prints the record of date, category, amount and note; status 1 and what is
# wrong when they make none.

function reject(what) {
    print what
    exit 1
}

# days(year, month): how many days the month has; 0 for a month that is none.
function days(year, month) {
    if (month < 1 || month > 12) return 0
    if (month == 2) return 28 + ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0)
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

BEGIN {
    if (date !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/)
        reject("a date looks like 2026-01-31, not '" date "'")
    day = substr(date, 9) + 0
    if (day < 1 || day > days(substr(date, 1, 4) + 0, substr(date, 6, 2) + 0))
        reject("there is no day '" date "'")
    if (category !~ /^[a-z][a-z0-9-]*$/)
        reject("a category is a word in lower case, not '" category "'")
    if (cents(amount) == "")
        reject("an amount looks like 12.50, not '" amount "'")
    gsub(/[\t\n]/, " ", note)
    printf "%s\t%s\t%d\t%s\n", date, category, cents(amount), note
}
