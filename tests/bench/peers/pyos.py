"""An echo server on the tutorial's operating system: tasks that are generators, system calls, a
trampoline, and a task that polls; by epoll, for more clients than select() can have."""

import select
import socket
import types
from collections import deque


class Task:
    def __init__(self, target):
        self.target = target
        self.sendval = None
        self.stack = []

    def run(self):
        while True:
            try:
                result = self.target.send(self.sendval)
            except StopIteration:
                if not self.stack:
                    raise
                self.sendval = None
                self.target = self.stack.pop()
                continue
            if isinstance(result, SystemCall):
                return result
            if isinstance(result, types.GeneratorType):
                self.stack.append(self.target)
                self.sendval = None
                self.target = result
            else:
                if not self.stack:
                    return None
                self.sendval = result
                self.target = self.stack.pop()


class SystemCall:
    pass


class NewTask(SystemCall):
    def __init__(self, target):
        self.target = target

    def handle(self, sched, task):
        sched.new(self.target)
        sched.schedule(task)


class Wait(SystemCall):
    def __init__(self, fd, event):
        self.fd = fd
        self.event = event

    def handle(self, sched, task):
        sched.wait_for(task, self.fd, self.event)


class Scheduler:
    def __init__(self):
        self.ready = deque()
        self.waiting = {}
        self.watched = {}
        self.epoll = select.epoll()

    def new(self, target):
        self.schedule(Task(target))

    def schedule(self, task):
        self.ready.append(task)

    def wait_for(self, task, fd, event):
        """The kernel goes on watching what it has watched before, as step 7's io task has it."""
        self.waiting[fd] = task
        watched = self.watched.get(fd)
        if watched is None:
            self.epoll.register(fd, event)
        elif watched != event:
            self.epoll.modify(fd, event)
        self.watched[fd] = event

    def poll(self, timeout):
        for fd, _ in self.epoll.poll(timeout):
            task = self.waiting.pop(fd, None)
            if task is None:
                self.epoll.unregister(fd)
                del self.watched[fd]
            else:
                self.schedule(task)

    def io_task(self):
        while True:
            self.poll(0 if self.ready else -1)
            yield

    def main_loop(self):
        self.new(self.io_task())
        while True:
            task = self.ready.popleft()
            try:
                result = task.run()
            except StopIteration:
                continue
            if isinstance(result, SystemCall):
                result.handle(self, task)
            else:
                self.schedule(task)


class Socket:
    def __init__(self, sock, sched):
        self.sock = sock
        self.sched = sched

    def accept(self):
        yield Wait(self.sock.fileno(), select.EPOLLIN)
        client, _ = self.sock.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Socket(client, self.sched)

    def recv(self, size):
        yield Wait(self.sock.fileno(), select.EPOLLIN)
        yield self.sock.recv(size)

    def send(self, data):
        while data:
            try:
                data = data[self.sock.send(data, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                yield Wait(self.sock.fileno(), select.EPOLLOUT)

    def close(self):
        self.sched.watched.pop(self.sock.fileno(), None)
        self.sock.close()


def echo(client):
    while True:
        data = yield client.recv(65536)
        if not data:
            break
        yield client.send(data)
    client.close()


def server(sched):
    sock = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print("listening on http://127.0.0.1:%d" % sock.getsockname()[1], flush=True)
    listener = Socket(sock, sched)
    while True:
        client = yield listener.accept()
        yield NewTask(echo(client))


scheduler = Scheduler()
scheduler.new(server(scheduler))
scheduler.main_loop()
