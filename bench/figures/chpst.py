"""`chpst -u` in front of a program that ends at once: processor time of the two together."""

import pwd

from harness.sides import PARTS

ROWS = {"user": ("`chpst -u USER` of a program that ends at once, CPU a call", "us")}
ROUNDS = (10, 3)
OPTIONS = ({"calls": 500}, {"calls": 200})
SIDES = ["ours", "before", "debian", "busybox", "s6", "daemontools"]
SPELLED = {"s6": ["s6-setuidgid"], "daemontools": ["setuidgid"]}


def measure(side, place, options):
    user = pwd.getpwuid(65534).pw_name
    words = SPELLED.get(side.key, ["chpst", "-u"])
    # A copy where that user can reach it.
    program = place.top / "nothing"
    program.write_bytes((PARTS / "nothing").read_bytes())
    program.chmod(0o755)
    place.top.chmod(0o755)
    command = [side.program(words[0]), *words[1:], user, str(program)]
    return {"user": place.measure_calls(side, command, options["calls"])[0]}
