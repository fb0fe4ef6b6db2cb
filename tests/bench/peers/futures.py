"""Prints what futures.c prints, for a million futures of asyncio, each with a callback."""

import asyncio
import time

CROWD = 1000000
delivered = total = 0


def memory():
    with open("/proc/self/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return sum(int(fields[name].split()[0]) for name in ("VmRSS", "VmPTE")) * 1024


def deliver(future):
    global delivered, total
    total += future.result()
    delivered += 1
    if delivered == CROWD:
        future.get_loop().stop()


def timed(step):
    began = time.perf_counter()
    step()
    return (time.perf_counter() - began) / CROWD * 1e9


def make():
    for i in range(CROWD):
        futures[i] = loop.create_future()


def wait():
    for future in futures:
        future.add_done_callback(deliver)


def fill():
    for i, future in enumerate(futures):
        future.set_result(i)


loop = asyncio.new_event_loop()
futures = [None] * CROWD
before = memory()
figures = {"make": timed(make)}
made = memory()
figures["wait"] = timed(wait)
waiting = memory()
figures["fill"] = timed(fill)
figures["deliver"] = timed(loop.run_forever)
assert total == CROWD * (CROWD - 1) // 2
print("future_b %.1f waiter_b %.1f" % ((made - before) / CROWD, (waiting - made) / CROWD), end="")
for name, ns in figures.items():
    print(" %s %.2f" % (name, ns), end="")
print()
