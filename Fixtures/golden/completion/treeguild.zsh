#compdef treeguild
# zsh completion for treeguild, made by: treeguild completion zsh

_treeguild_branch() {
    local -a names=(${(f)"$(git for-each-ref --format='%(refname:short)' refs/heads 2>/dev/null)"})
    compadd -a names
}

_treeguild_revision() {
    local -a names=(${(f)"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)"})
    compadd -a names
}

_treeguild_run() {
    local -a names=(${(f)"$(treeguild status --names 2>/dev/null)"})
    compadd -a names
}

_treeguild_run_or_branch() { _treeguild_run; _treeguild_branch }

_treeguild() {
    local curcontext=$curcontext state line
    typeset -A opt_args
    local -a commands everywhere
    commands=(
        'run:Run a plan\: workers in worktrees, then one merged branch'
        'resume:Go on with an interrupted run'
        'stop:Stop a run or one of its tasks'
        'send:Say something to a model worker, while it works or afterwards'
        'status:Show runs, their tasks and trees'
        'watch:Follow a run\: what each of its workers is doing'
        'log:Print the events of a run'
        'show:Show one task\: its state, diff, transcript or log'
        'clean:Remove trees and branches of finished runs'
        'undo:Bring back what was removed'
        'overlap:Find overlapping hunks between branches, worktrees and patches'
        'merge:Merge branches in the best order into a new one'
        'land:Move a branch to a result'
        'doctor:Check the machine and the repository'
        'self-check:Replay the repository'\''s own merges and compare them with git'\''s'
        'config:Print the settings and where each comes from'
        'trust:Approve what the repository asks for\: commands, a hook, agents'
        'agents:List, show and check the definitions of agents'
        'model-server:Serve a scripted model on loopback, for tests and demos'
        'schema:Print the JSON Schema of an output'
        'completion:Print a completion script for a shell'
        'version:Print the versions of treeguild and what it uses'
        'help:Print help for the program or a command'
    )
    everywhere=(
        '(-C)-C+[Start in this folder instead of the current one]:PATH:_files -/'
        '(--json)--json[Print one JSON document on standard output]'
        '(--quiet -q)--quiet[Print data and errors only]'
        '(--quiet -q)-q[Print data and errors only]'
        '(--color)--color=[When to colour the output]:WHEN:(auto always never)'
        '(--help -h)--help[Print help and end]'
        '(--help -h)-h[Print help and end]'
        '(--version -V)--version[Print the version and end]'
        '(--version -V)-V[Print the version and end]'
    )
    _arguments -C -S $everywhere '1:command:->command' '*::argument:->argument' && return
    case $state in
    command) _describe command commands ;;
    argument)
        curcontext=${curcontext%:*:*}:treeguild-$line[1]:
        case $line[1] in
        run)
            _arguments -S \
            '*--task=[Add a task that an agent works on]:ID=TEXT: ' \
            '*-t+[Add a task that an agent works on]:ID=TEXT: ' \
            '*--command=[Add a task that a command does]:ID=CMD: ' \
            '*-c+[Add a task that a command does]:ID=CMD: ' \
            '(--agent -a)--agent=[Who works on tasks that do not say]:NAME: ' \
            '(--agent -a)-a+[Who works on tasks that do not say]:NAME: ' \
            '(--model)--model=[The model of agents that name none, such as ollama/qwen3-coder]:MODEL: ' \
            '(--base -b)--base=[The commit that everything starts from]:REV:_treeguild_revision' \
            '(--base -b)-b+[The commit that everything starts from]:REV:_treeguild_revision' \
            '(--jobs -j)--jobs=[Workers at a time]:N: ' \
            '(--jobs -j)-j+[Workers at a time]:N: ' \
            '*--check=[Run a command that must end with 0 before a result counts]:NAME=CMD: ' \
            '(--verifier)--verifier=[Who resolves what does not merge by itself; keep-both keeps both sides'\'' insertions]:NAME: ' \
            '(--land)--land=[Land the result on this branch when it is done]:BRANCH:_treeguild_branch' \
            '(--strategy)--strategy=[How the branch takes the result over]:HOW:(merge squash rebase ff)' \
            '(--budget)--budget=[What the run may cost]:USD: ' \
            '(--timeout)--timeout=[How long a worker may take]:DURATION: ' \
            '(--run-id)--run-id=[The run'\''s name]:ID: ' \
            '(--no-sandbox)--no-sandbox[Let commands write and read whatever you can; recorded in the report]' \
            '(--keep-trees)--keep-trees[Leave the worktrees of finished tasks in place]' \
            '(--no-reuse)--no-reuse[Make every worktree anew]' \
            '(--allow-nested)--allow-nested[Start a run although this is a worker'\''s tree]' \
            '(--dry-run -n)--dry-run[Print what would be done, and do nothing]' \
            '(--dry-run -n)-n[Print what would be done, and do nothing]' \
            '1:PLAN:_files' \
            $everywhere
            ;;
        resume)
            _arguments -S \
            '1:RUN:_treeguild_run' \
            $everywhere
            ;;
        stop)
            _arguments -S \
            '1:RUN|RUN/TASK:_treeguild_run' \
            $everywhere
            ;;
        send)
            _arguments -S \
            '1:RUN/TASK:_treeguild_run' \
            '*:TEXT: ' \
            $everywhere
            ;;
        status)
            _arguments -S \
            '1:RUN:_treeguild_run' \
            $everywhere
            ;;
        watch)
            _arguments -S \
            '1:RUN:_treeguild_run' \
            $everywhere
            ;;
        log)
            _arguments -S \
            '(--task)--task=[Only events of this task]:ID: ' \
            '(--kind)--kind=[Only events of this kind]:KIND: ' \
            '(--since)--since=[Only events after this number]:SEQ: ' \
            '(--follow -f)--follow[Wait for more events until the run ends]' \
            '(--follow -f)-f[Wait for more events until the run ends]' \
            '1:RUN:_treeguild_run' \
            $everywhere
            ;;
        show)
            _arguments -S \
            '(--diff)--diff[Print what it changed, as a patch]' \
            '(--transcript)--transcript[Print what its agent said and did]' \
            '(--log)--log[Print what its program wrote]' \
            '1:RUN/TASK:_treeguild_run' \
            $everywhere
            ;;
        clean)
            _arguments -S \
            '(--older)--older=[Only runs that ended at least that long ago]:DURATION: ' \
            '*--discard=[Remove this tree of RUN although something in it cannot be saved]:TREE: ' \
            '1:RUN:_treeguild_run' \
            $everywhere
            ;;
        undo)
            _arguments -S \
            '1:RUN\[/TASK\]:_treeguild_run' \
            $everywhere
            ;;
        overlap)
            _arguments -S \
            '(--base -b)--base=[The commit to compare with]:REV:_treeguild_revision' \
            '(--base -b)-b+[The commit to compare with]:REV:_treeguild_revision' \
            '(--worktrees -w)--worktrees[Compare the linked worktrees, uncommitted work included]' \
            '(--worktrees -w)-w[Compare the linked worktrees, uncommitted work included]' \
            '*--patch=[Compare a patch file as well]:FILE:_files' \
            '*-p+[Compare a patch file as well]:FILE:_files' \
            '(--unrelated)--unrelated[Compare what has no common ancestor, as if all began with nothing]' \
            '(--no-risks)--no-risks[Look for conflicts alone]' \
            '(--sarif)--sarif=[Write conflicts and risks as SARIF 2.1.0 as well; - is standard output]:FILE:_files' \
            '(--watch)--watch[Go on, and print what changes]' \
            '*:BRANCH:_treeguild_branch' \
            $everywhere
            ;;
        merge)
            _arguments -S \
            '(--base -b)--base=[The commit that the result starts from]:REV:_treeguild_revision' \
            '(--base -b)-b+[The commit that the result starts from]:REV:_treeguild_revision' \
            '(--into)--into=[The result'\''s branch, which must not exist]:NAME: ' \
            '*--check=[Run a command that must end with 0 before a result counts]:NAME=CMD: ' \
            '(--verifier)--verifier=[Who resolves what does not merge by itself; keep-both keeps both sides'\'' insertions]:NAME: ' \
            '(--model)--model=[The model of agents that name none, such as ollama/qwen3-coder]:MODEL: ' \
            '(--no-sandbox)--no-sandbox[Let commands write and read whatever you can; recorded in the report]' \
            '*:BRANCH:_treeguild_branch' \
            $everywhere
            ;;
        land)
            _arguments -S \
            '(--onto)--onto=[The branch to move]:BRANCH:_treeguild_branch' \
            '(--strategy)--strategy=[How the branch takes the result over]:HOW:(merge squash rebase ff)' \
            '(--partial)--partial[Land what there is of a run that is not all done]' \
            '1:RUN|BRANCH:_treeguild_run_or_branch' \
            $everywhere
            ;;
        doctor)
            _arguments -S \
            $everywhere
            ;;
        self-check)
            _arguments -S \
            '(--merges -n)--merges=[How many merges at most]:N: ' \
            '(--merges -n)-n+[How many merges at most]:N: ' \
            $everywhere
            ;;
        config)
            _arguments -S \
            '1:KEY:(jobs agent verifier model providers profiles permissions worktrees reuse preserve_limit outputs checks setup ports sandbox budget features color timeout)' \
            $everywhere
            ;;
        trust)
            _arguments -S \
            '(--yes -y)--yes[Approve without asking]' \
            '(--yes -y)-y[Approve without asking]' \
            '(--revoke)--revoke[Take the approvals of this repository back]' \
            '(--list -l)--list[Print all approvals]' \
            '(--list -l)-l[Print all approvals]' \
            $everywhere
            ;;
        agents)
            _arguments -S \
            '1:ACTION:(list show validate doctor)' \
            '*:NAME: ' \
            $everywhere
            ;;
        model-server)
            _arguments -S \
            '(--port)--port=[Where to listen on 127.0.0.1]:N: ' \
            '(--log)--log=[Add each request to this file, as a line of JSON]:FILE:_files' \
            '1:SCRIPT:_files' \
            $everywhere
            ;;
        schema)
            _arguments -S \
            '1:NAME:(treeguild.run/1 treeguild.plan/1 treeguild.overlap/1 treeguild.event/1 treeguild.status/1 treeguild.task/1 treeguild.stop/1 treeguild.clean/1 treeguild.undo/1 treeguild.land/1 treeguild.config/1 treeguild.error/1 treeguild.self-check/1 treeguild.doctor/1 treeguild.version/1 treeguild.trust/1 treeguild.agents/1 treeguild.agent/1 treeguild.agents.validate/1 treeguild.agents.doctor/1 treeguild.model-server/1 treeguild.schemas/1)' \
            $everywhere
            ;;
        completion)
            _arguments -S \
            '1:SHELL:(bash zsh fish)' \
            $everywhere
            ;;
        version)
            _arguments -S \
            $everywhere
            ;;
        help)
            _arguments -S \
            '1:COMMAND:(run resume stop send status watch log show clean undo overlap merge land doctor self-check config trust agents model-server schema completion version help)' \
            $everywhere
            ;;
        esac
        ;;
    esac
}

if [[ $funcstack[1] == _treeguild ]]; then
    _treeguild "$@"
else
    compdef _treeguild treeguild
fi
