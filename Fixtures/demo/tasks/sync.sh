# Fails half-way, with a file that is not committed. The run keeps that file.
. "${0%/*}/developer.sh"

say 'writing the command'
cat >lib/sync.sh <<'END'
# tally sync HOST: not finished.
sync() {
    [ $# -eq 1 ] || fail 'usage: tally sync HOST'
    scp "$1:expenses.tsv" "$file.remote"
END
stop 'no host to try it with: giving up'
