# What the demo's workers share. Every task is a small script that edits the
# project in its own worktree, as a developer would, and then stops.

set -eu
cd "$TREEGUILD_WORKTREE"
draft=$TREEGUILD_SCRATCHPAD/$TREEGUILD_TASK-$$

# Says something and takes a moment, so that the progress can be watched.
say() {
    printf '%s\n' "$*"
    sleep "${DEMO_PACE:-1}"
}

# insert_after FILE LINE: puts standard input after the only line that equals LINE.
insert_after() {
    cat >"$draft.insertion"
    LINE=$2 awk -v insertion="$draft.insertion" '
        { print }
        $0 == ENVIRON["LINE"] {
            found++
            while ((getline text < insertion) > 0) print text
        }
        END { exit found != 1 }' "$1" >"$draft.edited" ||
        stop "$1 does not hold exactly one line: $2"
    cat "$draft.edited" >"$1"
}

# replace FILE LINE TEXT: puts TEXT in the place of the only line that equals LINE.
replace() {
    LINE=$2 TEXT=$3 awk '
        $0 == ENVIRON["LINE"] { found++; $0 = ENVIRON["TEXT"] }
        { print }
        END { exit found != 1 }' "$1" >"$draft.edited" ||
        stop "$1 does not hold exactly one line: $2"
    cat "$draft.edited" >"$1"
}

# Runs the project's tests.
run_tests() {
    say 'running the tests'
    sh tests/run >"$draft.tests" || {
        grep -A 2 FAIL "$draft.tests"
        stop 'the tests fail'
    }
    tail -n 1 "$draft.tests"
}

# Commits everything.
commit() {
    git add -A
    git commit -q -m "$1"
}

# summary TEXT: what the run's report says about this task. TEXT holds no quotes.
summary() {
    printf '{"summary": "%s"}\n' "$1" >"$TREEGUILD_RESULT_FILE"
}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}
