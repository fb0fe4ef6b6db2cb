"""Prints lines "NAME NS", as await.c and chain.c do, for generators of CPython:

cpython_0      a value sent to a generator, which yields it
cpython_D      the same through D levels of "yield from"; for D of 1, 10 and 100
call_cpython   a generator made and delegated to, which returns at once
"""

import time

BATCH_S = 0.004
BATCHES = 25


def echo():
    got = None
    while True:
        got = yield got


def delegating(levels):
    return (yield from echo() if levels == 1 else delegating(levels - 1))


def child():
    return 1
    yield


def calling():
    returned = 0
    while True:
        wanted = yield returned
        returned = 0
        for _ in range(wanted):
            returned += yield from child()


def sends(gen):
    gen.send(None)
    assert gen.send(7) == 7
    send = gen.send

    def batch(n):
        began = time.perf_counter()
        for _ in range(n):
            send(7)
        return time.perf_counter() - began

    return batch


def calls():
    gen = calling()
    gen.send(None)

    def batch(n):
        began = time.perf_counter()
        assert gen.send(n) == n
        return time.perf_counter() - began

    return batch


measured = {"cpython_0": sends(echo()), "call_cpython": calls()}
for levels in 1, 10, 100:
    measured["cpython_%d" % levels] = sends(delegating(levels))
n, best = {}, {}
for name, batch in measured.items():
    n[name] = 1
    while batch(n[name]) < BATCH_S:
        n[name] *= 2
for _ in range(BATCHES):
    for name, batch in measured.items():
        best[name] = min(best.get(name, 1e9), batch(n[name]))
for name in measured:
    print("%s %.3f" % (name, best[name] / n[name] * 1e9))
