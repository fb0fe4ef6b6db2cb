"""turns.py asyncio | uvloop | tornado | gevent. Prints lines:

NAME_switch NS   a hundred tasks take turns: a switch, in the fastest of some batches
NAME_starved MS  one computes for 200 ms, and another wants to run each ms: its longest wait
"""

import asyncio
import sys
import time

LIVE = 100
BATCH_S = 0.02
BATCHES = 15
COMPUTE_S = 0.2
name = sys.argv[1]
longest = 0
ended = False

if name == "gevent":
    import gevent
elif name == "tornado":
    from tornado import gen
elif name == "uvloop":
    import uvloop


def compute():
    global ended
    end = time.perf_counter() + COMPUTE_S
    while time.perf_counter() < end:
        pass
    ended = True


def note(began):
    global longest
    longest = max(longest, time.perf_counter() - began)


def run(main, *args):
    if name == "gevent":
        main(*args)
    elif name == "uvloop":
        loop = uvloop.new_event_loop()
        loop.run_until_complete(main(*args))
        loop.close()
    else:
        asyncio.run(main(*args))


if name == "gevent":

    def turn(rounds):
        for _ in range(rounds):
            gevent.sleep(0)

    def let_work(rounds):
        gevent.joinall([gevent.spawn(turn, rounds) for _ in range(LIVE)])

    def look_on():
        while not ended:
            began = time.perf_counter()
            gevent.sleep(0.001)
            note(began)

    def starve():
        other = gevent.spawn(look_on)
        gevent.sleep(0.02)
        compute()
        other.join()

elif name == "tornado":

    @gen.coroutine
    def turn(rounds):
        for _ in range(rounds):
            yield gen.moment

    async def let_work(rounds):
        await gen.multi([turn(rounds) for _ in range(LIVE)])

else:

    async def turn(rounds):
        for _ in range(rounds):
            await asyncio.sleep(0)

    async def let_work(rounds):
        await asyncio.gather(*(turn(rounds) for _ in range(LIVE)))


if name != "gevent":

    async def look_on():
        while not ended:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            note(began)

    async def starve():
        other = asyncio.ensure_future(look_on())
        await asyncio.sleep(0.02)
        compute()
        await other


def batch(rounds):
    began = time.perf_counter()
    run(let_work, rounds)
    return time.perf_counter() - began


rounds = 1
while batch(rounds) < BATCH_S:
    rounds *= 2
best = min(batch(rounds) for _ in range(BATCHES))
print("%s_switch %.3f" % (name, best / rounds / LIVE * 1e9))
run(starve)
print("%s_starved %.3f" % (name, longest * 1e3))
