# delegate.py - what CPython does with "yield from", in the words of delegate.c: its output is the
# first part of delegate.txt. After Lib/test/test_pep380.py.


def show(doing, act):
    try:
        print(f"  {doing}: yields {act()}")
    except StopIteration as stop:
        print(f"  {doing}: returns {stop.value}")
    except BaseException as error:
        print(f"  {doing}: raises {type(error).__name__} {error}".rstrip())


def show_send(gen, value=None):
    show(f"send {value}", lambda: gen.send(value))


def show_throw(gen, error):
    show(f"throw {type(error).__name__}", lambda: gen.throw(error))


def show_close(gen):
    try:
        print(f"  close: returns {gen.close()}")
    except BaseException as error:
        print(f"  close: raises {type(error).__name__} {error}".rstrip())


# Yields what it is sent, until that is 99. Catches a ValueError, and ends in the given manner.
def bottom(manner):
    got = None
    try:
        while got != 99:
            try:
                got = yield got
            except ValueError as error:
                print(f"  (bottom catches {error})")
                got = 50
        return 100
    except GeneratorExit:
        if manner == "raises":
            raise TypeError("in the cleanup")
        if manner == "raises a GeneratorExit":
            raise GeneratorExit("of its own")
        if manner == "returns":
            return 7
        if manner == "yields":
            yield 8
        if manner == "delegates to one that returns":
            got = yield from empty()
            print(f"  (bottom gets {got})")
        if manner == "delegates to one that yields":
            yield from echo()
        if manner == "delegates to one that delegates to one that yields":
            yield from level(9, [echo()])
        raise
    finally:
        print("  (bottom cleans up)")


# Delegates to the one in the list, and is the only one to hold it then. May catch what that raises.
def level(n, inner, catches=None):
    try:
        got = yield from inner.pop()
        print(f"  (level {n} gets {got})")
        return n
    except (TypeError, RuntimeError) as error:
        if catches is None:
            raise
        print(f"  (level {n} catches {type(error).__name__} {error})")
        if catches == "returns":
            return 10 * n
        if catches == "yields":
            got = yield 10 * n
            print(f"  (level {n} gets {got})")
            return 10 * n + 1
        raise ValueError("instead")
    finally:
        print(f"  (level {n} cleans up)")


def echo():
    got = None
    while True:
        got = yield got


def empty():
    return 7
    yield


def fails():
    raise TypeError("at once")
    yield


# Delegates twice, one after the other.
def twice(first, second):
    got = yield from first
    print(f"  (first: {got})")
    got = yield from second
    print(f"  (second: {got})")
    return 2


def cannot():
    raise ValueError("no operand")


def operand():
    try:
        yield from cannot()
    except ValueError as error:
        print(f"  (caught: {error})")
    return 8


def myself():
    try:
        yield from me
    except ValueError as error:
        print(f"  (caught: {error})")
    return 8


# Resumes the generators that delegate to it while it runs.
def resumes():
    while True:
        for gen in outer, middle:
            show_send(gen)
            show_close(gen)
        yield 1


def levels(depth, manner="", catches=None):
    gen = bottom(manner)
    for n in range(1, depth + 1):
        gen = level(n, [gen], catches if n == depth else None)
    return gen


def begin(depth, manner="", catches=None):
    gen = levels(depth, manner, catches)
    show_send(gen)
    return gen


for depth in 1, 2, 3:
    print(f"{depth} deep: send, throw what is caught inside, return")
    g = begin(depth)
    show_send(g, 2)
    show_throw(g, ValueError("thrown"))
    show_send(g, 3)
    show_send(g, 99)
    show_send(g)

    print(f"{depth} deep: throw what nobody catches")
    g = begin(depth)
    show_throw(g, TypeError("thrown"))
    show_send(g)

    for catches in "returns", "yields", "raises":
        print(f"{depth} deep: the outermost catches what is thrown, and {catches}")
        g = begin(depth, "", catches)
        show_throw(g, TypeError("thrown"))
        show_send(g, 4)

    print(f"{depth} deep: close before the start")
    g = levels(depth)
    show_close(g)
    show_send(g)

    print(f"{depth} deep: a first send of something, a throw")
    g = levels(depth)
    show_send(g, 1)
    show_throw(g, ValueError("early"))

    print(f"{depth} deep: freed where it paused")
    g = begin(depth)
    del g

for depth in 1, 2:
    for manner in (
        "passes it on",
        "raises",
        "raises a GeneratorExit",
        "returns",
        "yields",
        "delegates to one that returns",
        "delegates to one that yields",
        "delegates to one that delegates to one that yields",
    ):
        print(f"{depth} deep: close; the bottom {manner}")
        g = begin(depth, manner)
        show_close(g)
        show_send(g)

        print(f"{depth} deep: throw GeneratorExit; the bottom {manner}")
        g = begin(depth, manner)
        show_throw(g, GeneratorExit("why"))
        show_send(g)

    for manner in "raises", "yields":
        for catches in "returns", "yields":
            print(f"{depth} deep: close; the bottom {manner}, the outermost catches, and {catches}")
            g = begin(depth, manner, catches)
            show_close(g)
            show_send(g)

print("delegates to one that returns at once, and then to one that raises at once")
g = twice(empty(), fails())
show_send(g)
show_send(g)

print("delegates to one that has ended")
g = empty()
show_send(g)
g = level(1, [g])
show_send(g)

print("delegates to one that was closed before its start")
g = bottom("")
show_close(g)
g = level(1, [g])
show_send(g)

print("delegates to one that has begun")
g = echo()
show_send(g)
show_send(g, 1)
g = level(1, [g])
show_send(g)
show_send(g, 2)
show_throw(g, TypeError("thrown"))

print("delegates to one that has begun, and delegates")
g = begin(2)
show_send(g, 1)
g = level(3, [g])
show_send(g)
show_send(g, 2)
show_send(g, 99)

print("delegates to one that has begun, and delegates; closed")
g = begin(2)
g = level(4, [level(3, [g])])
show_send(g)
show_close(g)

print("delegates one after the other, to several")
g = twice(levels(2), twice(empty(), levels(1)))
show_send(g)
show_send(g, 99)
show_send(g, 5)
show_send(g, 99)

print("the operand is an error")
g = operand()
show_send(g)

print("delegates to itself")
me = myself()
show_send(me)
del me

print("resumes who delegates to it")
middle = level(1, [resumes()])
outer = level(2, [middle])
show_send(outer)
show_close(outer)
