/// What every random worker's script begins with: shell functions that keep a journal of the bytes that it makes.
///
/// A piece of work is a token, unique in all runs, which stands in a file, a link or a message. The journal says
/// `+ token` once it exists outside the base, and `? token` before something that may destroy it: a worker
/// may destroy its own work, and then nobody can keep it. `c token` is for work that was committed, which
/// nothing that a worker does here takes away.
enum WorkerLibrary {
    /// How a token looks, as a pattern of `grep -E`.
    static let pattern = "T[0-9]+_[a-z0-9]+_[A-Za-z0-9]+_[0-9]+_"

    static let text = #"""
        umask 022
        journal=$(mktemp "$HOME/journals/$TREEGUILD_TASK.XXXXXX")
        part=${journal##*.}
        count=0
        pattern='T[0-9]+_[a-z0-9]+_[A-Za-z0-9]+_[0-9]+_'

        say() { printf '%s %s\n' "$1" "$2" >>"$journal"; }
        next() {
            count=$((count + 1))
            T="T${SEED}_${TREEGUILD_TASK}_${part}_${count}_"
        }
        # Every token that is to be seen in the tree: on disk, in the index, in links.
        seen() {
            {
                find . -name .git -prune -o -type f -exec cat {} + 2>/dev/null
                find . -name .git -prune -o -type l -printf '%l\n' 2>/dev/null
                git ls-files -s 2>/dev/null | grep -v '^160000' | cut -d' ' -f2 \
                    | git cat-file --batch 2>/dev/null
            } | grep -aoE "$pattern" | sort -u
        }
        # Does something that may destroy what nobody committed: that is the worker's own choice.
        risky() {
            seen | sed 's/^/? /' >>"$journal"
            "$@" >/dev/null 2>&1
            seen | sed 's/^/+ /' >>"$journal"
        }
        put() {
            case $1 in */*) mkdir -p "${1%/*}" 2>/dev/null ;; esac
            next
            printf '%s\n' "$T" >>"$1" 2>/dev/null && say + "$T"
        }
        link() {
            next
            ln -s "$T" "$1" 2>/dev/null && say + "$T"
        }
        committed() {
            git show --format=%B HEAD 2>/dev/null | grep -aoE "^.?$pattern" | grep -aoE "$pattern" \
                | sed 's/^/c /' >>"$journal"
        }
        commit() { git commit -q "$@" >/dev/null 2>&1 && committed; }
        # Adding replaces what was staged before.
        save() { risky git add -A; commit -m "$1"; }
        # The stash is everybody's: what one worker pops may be another's, so they take turns.
        stashed() {
            for side in 'stash' 'stash^2' 'stash^3'; do
                git grep -haoE "$pattern" "$side" 2>/dev/null
            done
        }
        # Git stashes no file that it was told not to look at, and overwrites it.
        stash() {
            {
                flock 9
                seen | sed 's/^/? /' >>"$journal"
                git stash push -q "$@" >/dev/null 2>&1
                { seen; stashed; } | sed 's/^/+ /' >>"$journal"
            } 9>>"$HOME/stash.lock"
        }
        # Git drops what only the index of the stash held.
        pop() {
            {
                flock 9
                stashed | sed 's/^/? /' >>"$journal"
                risky git stash pop -q
            } 9>>"$HOME/stash.lock"
        }

        """#
}
