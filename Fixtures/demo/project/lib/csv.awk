# Reads lines of date,category,amount,note and prints them with their line
# numbers and with tabs between. A field may be in double quotes, in which a
# doubled quote is a quote. A first line of column names and empty lines are
# left out, and so are columns after the fourth.

# fields(line): splits the line into field[1], field[2], ...; returns their number.
function fields(line,    count, quoted, i, c) {
    split("", field)
    count = 1
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"" && quoted && substr(line, i + 1, 1) == "\"") {
            field[count] = field[count] c
            i++
        } else if (c == "\"") {
            quoted = !quoted
        } else if (c == "," && !quoted) {
            count++
        } else {
            field[count] = field[count] c
        }
    }
    return count
}

{ sub(/\r$/, "") }

NR == 1 && /^date,/ { next }

$0 != "" {
    fields($0)
    gsub(/\t/, " ", field[4])
    printf "%d\t%s\t%s\t%s\t%s\n", NR, field[1], field[2], field[3], field[4]
}
