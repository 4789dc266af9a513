# bash completion for treeguild, made by: treeguild completion bash

# Offers the lines of standard input that begin with $cur. Names are quoted, and never
# expanded: a branch may be called $(anything).
_treeguild_lines() {
    local line
    while IFS= read -r line; do
        [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf %q "$line")")
    done
}

_treeguild_value() {
    case $1 in
    file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folder) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")) ;;
    branch) _treeguild_lines < <(git for-each-ref --format='%(refname:short)' refs/heads 2>/dev/null) ;;
    revision) _treeguild_lines < <(git for-each-ref --format='%(refname:short)' 2>/dev/null) ;;
    run) _treeguild_lines < <(treeguild status --names 2>/dev/null) ;;
    run_or_branch) _treeguild_value run; _treeguild_value branch ;;
    esac
}

_treeguild_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }

_treeguild() {
    local IFS=$' \t\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' i
    COMPREPLY=()
    # --name=value arrives as three words.
    if [[ $cur == '=' ]]; then
        cur=''
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -C|--color) ((i++)); [[ ${COMP_WORDS[i]} == '=' ]] && ((i++)) ;;
        -*) ;;
        *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $command,$prev in
    *,-C) _treeguild_value folder; return ;;
    *,--color) _treeguild_words 'auto always never'; return ;;
    run,--task|run,-t) :; return ;;
    run,--command|run,-c) :; return ;;
    run,--agent|run,-a) :; return ;;
    run,--model) :; return ;;
    run,--base|run,-b) _treeguild_value revision; return ;;
    run,--jobs|run,-j) :; return ;;
    run,--check) :; return ;;
    run,--verifier) :; return ;;
    run,--land) _treeguild_value branch; return ;;
    run,--strategy) _treeguild_words 'merge squash rebase ff'; return ;;
    run,--budget) :; return ;;
    run,--timeout) :; return ;;
    run,--run-id) :; return ;;
    log,--task) :; return ;;
    log,--kind) :; return ;;
    log,--since) :; return ;;
    clean,--older) :; return ;;
    clean,--discard) :; return ;;
    overlap,--base|overlap,-b) _treeguild_value revision; return ;;
    overlap,--patch|overlap,-p) _treeguild_value file; return ;;
    overlap,--sarif) _treeguild_value file; return ;;
    merge,--base|merge,-b) _treeguild_value revision; return ;;
    merge,--into) :; return ;;
    merge,--check) :; return ;;
    merge,--verifier) :; return ;;
    merge,--model) :; return ;;
    land,--onto) _treeguild_value branch; return ;;
    land,--strategy) _treeguild_words 'merge squash rebase ff'; return ;;
    self-check,--merges|self-check,-n) :; return ;;
    model-server,--port) :; return ;;
    model-server,--log) _treeguild_value file; return ;;
    esac
    if [[ $cur == -* ]]; then
        case $command in
        run) _treeguild_words '--task -t --command -c --agent -a --model --base -b --jobs -j --check --verifier --land --strategy --budget --timeout --run-id --no-sandbox --keep-trees --no-reuse --allow-nested --dry-run -n -C --json --quiet -q --color --help -h --version -V' ;;
        resume) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        stop) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        send) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        status) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        watch) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        log) _treeguild_words '--task --kind --since --follow -f -C --json --quiet -q --color --help -h --version -V' ;;
        show) _treeguild_words '--diff --transcript --log -C --json --quiet -q --color --help -h --version -V' ;;
        clean) _treeguild_words '--older --discard -C --json --quiet -q --color --help -h --version -V' ;;
        undo) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        overlap) _treeguild_words '--base -b --worktrees -w --patch -p --unrelated --no-risks --sarif --watch -C --json --quiet -q --color --help -h --version -V' ;;
        merge) _treeguild_words '--base -b --into --check --verifier --model --no-sandbox -C --json --quiet -q --color --help -h --version -V' ;;
        land) _treeguild_words '--onto --strategy --partial -C --json --quiet -q --color --help -h --version -V' ;;
        doctor) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        self-check) _treeguild_words '--merges -n -C --json --quiet -q --color --help -h --version -V' ;;
        config) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        trust) _treeguild_words '--yes -y --revoke --list -l -C --json --quiet -q --color --help -h --version -V' ;;
        agents) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        model-server) _treeguild_words '--port --log -C --json --quiet -q --color --help -h --version -V' ;;
        schema) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        completion) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        version) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        help) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        *) _treeguild_words '-C --json --quiet -q --color --help -h --version -V' ;;
        esac
        return
    fi
    case $command in
    '') _treeguild_words 'run resume stop send status watch log show clean undo overlap merge land doctor self-check config trust agents model-server schema completion version help' ;;
    run) _treeguild_value file ;;
    resume) _treeguild_value run ;;
    stop) _treeguild_value run ;;
    send) _treeguild_value run ;;
    status) _treeguild_value run ;;
    watch) _treeguild_value run ;;
    log) _treeguild_value run ;;
    show) _treeguild_value run ;;
    clean) _treeguild_value run ;;
    undo) _treeguild_value run ;;
    overlap) _treeguild_value branch ;;
    merge) _treeguild_value branch ;;
    land) _treeguild_value run_or_branch ;;
    config) _treeguild_words 'jobs agent verifier model providers profiles permissions worktrees reuse preserve_limit outputs checks setup ports sandbox budget features color timeout' ;;
    agents) _treeguild_words 'list show validate doctor' ;;
    model-server) _treeguild_value file ;;
    schema) _treeguild_words 'treeguild.run/1 treeguild.plan/1 treeguild.overlap/1 treeguild.event/1 treeguild.status/1 treeguild.task/1 treeguild.stop/1 treeguild.clean/1 treeguild.undo/1 treeguild.land/1 treeguild.config/1 treeguild.error/1 treeguild.self-check/1 treeguild.doctor/1 treeguild.version/1 treeguild.trust/1 treeguild.agents/1 treeguild.agent/1 treeguild.agents.validate/1 treeguild.agents.doctor/1 treeguild.model-server/1 treeguild.schemas/1' ;;
    completion) _treeguild_words 'bash zsh fish' ;;
    help) _treeguild_words 'run resume stop send status watch log show clean undo overlap merge land doctor self-check config trust agents model-server schema completion version help' ;;
    esac
}

complete -F _treeguild treeguild
