# Completion of initctld for fish: there is nothing to say.

complete -c initctld -f
