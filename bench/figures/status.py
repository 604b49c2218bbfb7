"""`sv status` of one service and of N in one call: processor time of the call."""

ROWS = {"one": ("`sv status` of one, CPU", "ms"),
        "many": ("`sv status` of {n}, CPU", "ms")}
ROUNDS = (5, 2)
OPTIONS = ({"n": 1000, "ones": 200, "manys": 20}, {"n": 200, "ones": 50, "manys": 5})
SIDES = None


def measure(side, place, options):
    services = place.fill(options["n"])
    if not side.status(services[:1]):
        return {}
    place.start(side)
    place.stamps.wait(options["n"])
    values = {"one": place.measure_calls(side, side.status(services[:1]), options["ones"])[0] / 1e3}
    if side.status(services):
        values["many"] = place.measure_calls(side, side.status(services), options["manys"])[0] / 1e3
    return values
