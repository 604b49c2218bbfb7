"""One module per figure, each with

ROWS: the lines of the table it fills, {key: (title, unit)}; `{n}` stands for the option n;
ROUNDS: how often it is measured, (full, quick);
OPTIONS: what `measure` gets, (full, quick);
SIDES: the sides it makes sense for, None for all;
measure(side, place, options) -> {key: value}, run in a namespace of its own.
"""

# In the order of the table.
ORDER = ["pickup", "control", "control_many", "idle", "many", "start", "memory", "restart", "crash_loop", "status",
         "stop", "chpst", "process1", "orphans"]
