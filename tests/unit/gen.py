# gen.py - what CPython does with generators, in the words of gen.c: its output is gen.txt.


def show(doing, act):
    try:
        print(f"  {doing}: yields {act()}")
    except StopIteration as stop:
        print(f"  {doing}: returns {stop.value}")
    except BaseException as error:
        print(f"  {doing}: raises {type(error).__name__} {error}".rstrip())


def show_close(gen):
    try:
        print(f"  close: returns {gen.close()}")
    except BaseException as error:
        print(f"  close: raises {type(error).__name__} {error}".rstrip())


def test(what, gen):
    print(what)
    return gen


def echo():
    got = None
    try:
        while got != 99:
            got = yield got
        return got
    finally:
        print("  (cleanup)")


def catcher(manner):
    try:
        got = yield 1
    except ValueError as error:
        print("  (caught)")
        if manner == "raise":
            raise
        if manner == "other":
            raise TypeError("another")
        if manner == "return":
            return 5
        got = yield 6
    return got


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
    return 3


def closing(manner):
    try:
        yield 1
    except GeneratorExit:
        if manner == "return":
            return 4
        raise TypeError("in the cleanup")


def empty():
    return 7
    yield


def fail():
    raise ValueError("no operand")


def operand(manner):
    if manner == "let it pass":
        yield fail()
    try:
        yield fail()
    except ValueError:
        print("  (caught)")
    return 8


def myself():
    global me
    show("send None to itself", lambda: me.send(None))
    show("throw into itself", lambda: me.throw(ValueError("own")))
    show_close(me)
    got = yield 1
    return got


none = None
g = test("send and return value", echo())
show("send None", lambda: g.send(none))
show("send 1", lambda: g.send(1))
show("send 2", lambda: g.send(2))
show("send 99", lambda: g.send(99))
show("send None", lambda: g.send(none))
show("send 5", lambda: g.send(5))
show("throw", lambda: g.throw(ValueError("late")))
show_close(g)

g = test("returns without a yield", empty())
show("send None", lambda: g.send(none))
show("send None", lambda: g.send(none))

g = test("a first send of something", echo())
show("send 1", lambda: g.send(1))
show("send None", lambda: g.send(none))
show("send 99", lambda: g.send(99))

g = test("throw, not caught", echo())
show("send None", lambda: g.send(none))
show("throw", lambda: g.throw(ValueError("thrown")))
show("send None", lambda: g.send(none))

for manner in "raise", "other", "return", "go on":
    g = test("throw, caught: " + manner, catcher(manner))
    show("send None", lambda: g.send(none))
    show("throw", lambda: g.throw(ValueError("thrown")))
    show("send 8", lambda: g.send(8))

for manner in "catch it", "let it pass":
    g = test("what it would yield is an error: " + manner, operand(manner))
    show("send None", lambda: g.send(none))
    show("send None", lambda: g.send(none))

g = test("throw what is not caught", catcher("return"))
show("send None", lambda: g.send(none))
show("throw", lambda: g.throw(TypeError("thrown")))
show("send None", lambda: g.send(none))

g = test("throw before the start", catcher("return"))
show("throw", lambda: g.throw(ValueError("thrown")))
show("send None", lambda: g.send(none))
show("throw", lambda: g.throw(ValueError("thrown")))

g = test("close where it paused", echo())
show("send None", lambda: g.send(none))
show_close(g)
show_close(g)
show("send None", lambda: g.send(none))

g = test("close before the start", echo())
show_close(g)
show_close(g)
show("send None", lambda: g.send(none))

g = test("close one that returns", closing("return"))
show("send None", lambda: g.send(none))
show_close(g)

g = test("close one that raises", closing("raise"))
show("send None", lambda: g.send(none))
show_close(g)
show("send None", lambda: g.send(none))

g = test("close one that yields", stubborn())
show("send None", lambda: g.send(none))
show_close(g)
show("send None", lambda: g.send(none))

me = test("resumes itself", myself())
show("send None", lambda: me.send(none))
show("send 3", lambda: me.send(3))
