"""One module per figure, each with

ROWS: the lines of the table it fills, {key: (title, unit)}; `{n}` stands for the option n;
ROUNDS: how often it is measured, (full, quick);
OPTIONS: what `measure` gets, (full, quick);
SIDES: the sides it makes sense for, None for all;
POINTS, where there are several numbers of services in one round: the options n, (full, quick);
TOGETHER = True where nothing happens while it is measured: all sides at once;
measure(side, place, options) -> {key: value}, run in a namespace of its own.
"""

# In the order of the table, and of each round: what takes long comes last, should time run out.
ORDER = ["pickup", "control", "control_many", "idle", "start", "memory", "restart", "status", "stop", "chpst",
         "process1", "orphans", "crash_loop", "many", "curve"]
