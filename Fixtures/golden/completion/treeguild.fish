# fish completion for treeguild, made by: treeguild completion fish

complete -c treeguild -f

complete -c treeguild -s C -r -f -a '(__fish_complete_directories)' -d 'Start in this folder instead of the current one'
complete -c treeguild -l json -d 'Print one JSON document on standard output'
complete -c treeguild -s q -l quiet -d 'Print data and errors only'
complete -c treeguild -l color -r -f -a 'auto always never' -d 'When to colour the output'
complete -c treeguild -s h -l help -d 'Print help and end'
complete -c treeguild -s V -l version -d 'Print the version and end'

complete -c treeguild -n __fish_use_subcommand -a run -d 'Run a plan: workers in worktrees, then one merged branch'
complete -c treeguild -n __fish_use_subcommand -a resume -d 'Go on with an interrupted run'
complete -c treeguild -n __fish_use_subcommand -a stop -d 'Stop a run or one of its tasks'
complete -c treeguild -n __fish_use_subcommand -a send -d 'Say something to a model worker, while it works or afterwards'
complete -c treeguild -n __fish_use_subcommand -a status -d 'Show runs, their tasks and trees'
complete -c treeguild -n __fish_use_subcommand -a watch -d 'Follow a run: what each of its workers is doing'
complete -c treeguild -n __fish_use_subcommand -a log -d 'Print the events of a run'
complete -c treeguild -n __fish_use_subcommand -a show -d 'Show one task: its state, diff, transcript or log'
complete -c treeguild -n __fish_use_subcommand -a clean -d 'Remove trees and branches of finished runs'
complete -c treeguild -n __fish_use_subcommand -a undo -d 'Bring back what was removed'
complete -c treeguild -n __fish_use_subcommand -a overlap -d 'Find overlapping hunks between branches, worktrees and patches'
complete -c treeguild -n __fish_use_subcommand -a merge -d 'Merge branches in the best order into a new one'
complete -c treeguild -n __fish_use_subcommand -a land -d 'Move a branch to a result'
complete -c treeguild -n __fish_use_subcommand -a doctor -d 'Check the machine and the repository'
complete -c treeguild -n __fish_use_subcommand -a self-check -d 'Replay the repository\'s own merges and compare them with git\'s'
complete -c treeguild -n __fish_use_subcommand -a config -d 'Print the settings and where each comes from'
complete -c treeguild -n __fish_use_subcommand -a trust -d 'Approve what the repository asks for: commands, a hook, agents'
complete -c treeguild -n __fish_use_subcommand -a agents -d 'List, show and check the definitions of agents'
complete -c treeguild -n __fish_use_subcommand -a model-server -d 'Serve a scripted model on loopback, for tests and demos'
complete -c treeguild -n __fish_use_subcommand -a schema -d 'Print the JSON Schema of an output'
complete -c treeguild -n __fish_use_subcommand -a completion -d 'Print a completion script for a shell'
complete -c treeguild -n __fish_use_subcommand -a version -d 'Print the versions of treeguild and what it uses'
complete -c treeguild -n __fish_use_subcommand -a help -d 'Print help for the program or a command'

complete -c treeguild -n '__fish_seen_subcommand_from run' -s t -l task -r -f -d 'Add a task that an agent works on'
complete -c treeguild -n '__fish_seen_subcommand_from run' -s c -l command -r -f -d 'Add a task that a command does'
complete -c treeguild -n '__fish_seen_subcommand_from run' -s a -l agent -r -f -d 'Who works on tasks that do not say'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l model -r -f -d 'The model of agents that name none, such as ollama/qwen3-coder'
complete -c treeguild -n '__fish_seen_subcommand_from run' -s b -l base -r -f -a '(git for-each-ref --format=\'%(refname:short)\' 2>/dev/null)' -d 'The commit that everything starts from'
complete -c treeguild -n '__fish_seen_subcommand_from run' -s j -l jobs -r -f -d 'Workers at a time'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l check -r -f -d 'Run a command that must end with 0 before a result counts'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l verifier -r -f -d 'Who resolves what does not merge by itself; keep-both keeps both sides\' insertions'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l land -r -f -a '(git for-each-ref --format=\'%(refname:short)\' refs/heads 2>/dev/null)' -d 'Land the result on this branch when it is done'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l strategy -r -f -a 'merge squash rebase ff' -d 'How the branch takes the result over'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l budget -r -f -d 'What the run may cost'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l timeout -r -f -d 'How long a worker may take'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l run-id -r -f -d 'The run\'s name'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l no-sandbox -d 'Let commands write and read whatever you can; recorded in the report'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l keep-trees -d 'Leave the worktrees of finished tasks in place'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l no-reuse -d 'Make every worktree anew'
complete -c treeguild -n '__fish_seen_subcommand_from run' -l allow-nested -d 'Start a run although this is a worker\'s tree'
complete -c treeguild -n '__fish_seen_subcommand_from run' -s n -l dry-run -d 'Print what would be done, and do nothing'
complete -c treeguild -n '__fish_seen_subcommand_from run' -F

complete -c treeguild -n '__fish_seen_subcommand_from resume' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from stop' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from send' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from status' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from watch' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from log' -l task -r -f -d 'Only events of this task'
complete -c treeguild -n '__fish_seen_subcommand_from log' -l kind -r -f -d 'Only events of this kind'
complete -c treeguild -n '__fish_seen_subcommand_from log' -l since -r -f -d 'Only events after this number'
complete -c treeguild -n '__fish_seen_subcommand_from log' -s f -l follow -d 'Wait for more events until the run ends'
complete -c treeguild -n '__fish_seen_subcommand_from log' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from show' -l diff -d 'Print what it changed, as a patch'
complete -c treeguild -n '__fish_seen_subcommand_from show' -l transcript -d 'Print what its agent said and did'
complete -c treeguild -n '__fish_seen_subcommand_from show' -l log -d 'Print what its program wrote'
complete -c treeguild -n '__fish_seen_subcommand_from show' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from clean' -l older -r -f -d 'Only runs that ended at least that long ago'
complete -c treeguild -n '__fish_seen_subcommand_from clean' -l discard -r -f -d 'Remove this tree of RUN although something in it cannot be saved'
complete -c treeguild -n '__fish_seen_subcommand_from clean' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from undo' -f -a '(treeguild status --names 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from overlap' -s b -l base -r -f -a '(git for-each-ref --format=\'%(refname:short)\' 2>/dev/null)' -d 'The commit to compare with'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -s w -l worktrees -d 'Compare the linked worktrees, uncommitted work included'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -s p -l patch -r -F -d 'Compare a patch file as well'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -l unrelated -d 'Compare what has no common ancestor, as if all began with nothing'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -l no-risks -d 'Look for conflicts alone'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -l sarif -r -F -d 'Write conflicts and risks as SARIF 2.1.0 as well; - is standard output'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -l watch -d 'Go on, and print what changes'
complete -c treeguild -n '__fish_seen_subcommand_from overlap' -f -a '(git for-each-ref --format=\'%(refname:short)\' refs/heads 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from merge' -s b -l base -r -f -a '(git for-each-ref --format=\'%(refname:short)\' 2>/dev/null)' -d 'The commit that the result starts from'
complete -c treeguild -n '__fish_seen_subcommand_from merge' -l into -r -f -d 'The result\'s branch, which must not exist'
complete -c treeguild -n '__fish_seen_subcommand_from merge' -l check -r -f -d 'Run a command that must end with 0 before a result counts'
complete -c treeguild -n '__fish_seen_subcommand_from merge' -l verifier -r -f -d 'Who resolves what does not merge by itself; keep-both keeps both sides\' insertions'
complete -c treeguild -n '__fish_seen_subcommand_from merge' -l model -r -f -d 'The model of agents that name none, such as ollama/qwen3-coder'
complete -c treeguild -n '__fish_seen_subcommand_from merge' -l no-sandbox -d 'Let commands write and read whatever you can; recorded in the report'
complete -c treeguild -n '__fish_seen_subcommand_from merge' -f -a '(git for-each-ref --format=\'%(refname:short)\' refs/heads 2>/dev/null)'

complete -c treeguild -n '__fish_seen_subcommand_from land' -l onto -r -f -a '(git for-each-ref --format=\'%(refname:short)\' refs/heads 2>/dev/null)' -d 'The branch to move'
complete -c treeguild -n '__fish_seen_subcommand_from land' -l strategy -r -f -a 'merge squash rebase ff' -d 'How the branch takes the result over'
complete -c treeguild -n '__fish_seen_subcommand_from land' -l partial -d 'Land what there is of a run that is not all done'
complete -c treeguild -n '__fish_seen_subcommand_from land' -f -a '(treeguild status --names 2>/dev/null; git for-each-ref --format=\'%(refname:short)\' refs/heads 2>/dev/null)'


complete -c treeguild -n '__fish_seen_subcommand_from self-check' -s n -l merges -r -f -d 'How many merges at most'

complete -c treeguild -n '__fish_seen_subcommand_from config' -f -a 'jobs agent verifier model providers profiles permissions worktrees reuse preserve_limit outputs checks setup ports sandbox budget features color timeout'

complete -c treeguild -n '__fish_seen_subcommand_from trust' -s y -l yes -d 'Approve without asking'
complete -c treeguild -n '__fish_seen_subcommand_from trust' -l revoke -d 'Take the approvals of this repository back'
complete -c treeguild -n '__fish_seen_subcommand_from trust' -s l -l list -d 'Print all approvals'

complete -c treeguild -n '__fish_seen_subcommand_from agents' -f -a 'list show validate doctor'

complete -c treeguild -n '__fish_seen_subcommand_from model-server' -l port -r -f -d 'Where to listen on 127.0.0.1'
complete -c treeguild -n '__fish_seen_subcommand_from model-server' -l log -r -F -d 'Add each request to this file, as a line of JSON'
complete -c treeguild -n '__fish_seen_subcommand_from model-server' -F

complete -c treeguild -n '__fish_seen_subcommand_from schema' -f -a 'treeguild.run/1 treeguild.plan/1 treeguild.overlap/1 treeguild.event/1 treeguild.status/1 treeguild.task/1 treeguild.stop/1 treeguild.clean/1 treeguild.undo/1 treeguild.land/1 treeguild.config/1 treeguild.error/1 treeguild.self-check/1 treeguild.doctor/1 treeguild.version/1 treeguild.trust/1 treeguild.agents/1 treeguild.agent/1 treeguild.agents.validate/1 treeguild.agents.doctor/1 treeguild.model-server/1 treeguild.schemas/1'

complete -c treeguild -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'


complete -c treeguild -n '__fish_seen_subcommand_from help' -f -a 'run resume stop send status watch log show clean undo overlap merge land doctor self-check config trust agents model-server schema completion version help'
