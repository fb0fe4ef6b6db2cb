"""Prints the ns of a round trip: a value sent to a generator of CPython, which yields it."""

import timeit

BATCH_S = 0.004
BATCHES = 25


def echo():
    got = None
    while True:
        got = yield got


gen = echo()
gen.send(None)
assert gen.send(7) == 7
timer = timeit.Timer("send(7)", globals={"send": gen.send})
n = 1
while timer.timeit(n) < BATCH_S:
    n *= 2
print("%.3f" % (min(timer.repeat(BATCHES, n)) / n * 1e9))
