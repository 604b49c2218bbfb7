# Completion of zzz and ZZZ for fish: their options.

complete -c zzz -f
complete -c zzz -s n -d 'only try the hooks'
complete -c zzz -s S -d 'processors idle'
complete -c zzz -s z -d 'keep the memory powered'
complete -c zzz -s Z -d 'memory to the disk, switch off'
complete -c zzz -s R -d 'memory to the disk, restart'
complete -c zzz -s H -d 'memory to the disk, and powered as well'
complete -c ZZZ -w zzz
