# Completion of svtai for fish: its options; it reads nothing but standard input.

complete -c svtai -f
complete -c svtai -s u -d 'write UTC'
complete -c svtai -s i -d 'write times as ISO 8601 has them'
complete -c svtai -s V -d 'print the version'
