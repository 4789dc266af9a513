has 'help names the commands' 'report category|month' tally help
has 'no command is help' 'usage: tally' tally
fails 'a wrong command is named' "no command 'ad'" tally ad
