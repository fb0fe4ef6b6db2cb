"""Prints lines "NAME NS", as tasks.c does, for the same scheduler in Python: generators and a deque.

python_switch    a bare yield, which lets all others run before
python_inlined   the same, with a main loop that calls nothing that it can do itself
python_get_tid   the system call GetTid
python_create    a task made by new(), run once and ended
"""

import time
from collections import deque

BATCH_S = 0.004
BATCHES = 25
LIVE = 100


class Task:
    def __init__(self, tid, target):
        self.tid = tid
        self.target = target
        self.sendval = None

    def run(self):
        return self.target.send(self.sendval)


class SystemCall:
    pass


class GetTid(SystemCall):
    def handle(self, sched, task):
        sched.schedule(task, task.tid)


class Scheduler:
    def __init__(self):
        self.ready = deque()
        self.tasks = {}
        self.last_tid = 0

    def new(self, target):
        self.last_tid += 1
        task = Task(self.last_tid, target)
        self.tasks[task.tid] = task
        self.schedule(task, None)

    def schedule(self, task, sendval):
        task.sendval = sendval
        self.ready.append(task)

    def exit(self, task):
        del self.tasks[task.tid]

    def main_loop(self):
        while self.ready:
            task = self.ready.popleft()
            try:
                value = task.run()
            except StopIteration:
                self.exit(task)
                continue
            if isinstance(value, SystemCall):
                value.handle(self, task)
            else:
                self.schedule(task, None)


class Inlined(Scheduler):
    """Calls nothing that it can do itself."""

    def main_loop(self):
        ready = self.ready
        while ready:
            task = ready.popleft()
            try:
                value = task.target.send(task.sendval)
            except StopIteration:
                self.exit(task)
                continue
            if isinstance(value, SystemCall):
                value.handle(self, task)
            else:
                task.sendval = None
                ready.append(task)


def switcher(rounds):
    for _ in range(rounds):
        yield


def getter(rounds):
    for _ in range(rounds):
        yield GetTid()


def let_work(sched, worker, n):
    for i in range(LIVE):
        sched.new(worker(n // LIVE + (i < n % LIVE)))
    sched.main_loop()


def successor(sched):
    global to_make
    if to_make > 0:
        to_make -= 1
        sched.new(successor(sched))
    return
    yield


def let_make(n):
    global to_make
    sched = Scheduler()
    to_make = max(0, n - LIVE)
    for _ in range(min(LIVE, n)):
        sched.new(successor(sched))
    sched.main_loop()
    assert sched.last_tid == n and not sched.tasks


def batch(run, n):
    began = time.perf_counter()
    run(n)
    return time.perf_counter() - began


measured = {
    "python_switch": lambda n: let_work(Scheduler(), switcher, n),
    "python_inlined": lambda n: let_work(Inlined(), switcher, n),
    "python_get_tid": lambda n: let_work(Scheduler(), getter, n),
    "python_create": let_make,
}
n, best = {}, {}
for name, run in measured.items():
    n[name] = 1
    while min(batch(run, n[name]), batch(run, n[name])) < BATCH_S:
        n[name] *= 2
for _ in range(BATCHES):
    for name, run in measured.items():
        best[name] = min(best.get(name, 1e9), batch(run, n[name]))
for name in measured:
    print("%s %.3f" % (name, best[name] / n[name] * 1e9))
