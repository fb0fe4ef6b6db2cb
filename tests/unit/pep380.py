"""What the demo pep380 of step 5 does, in Python: "make check" compares what the two print."""


def inner():
    print("    inner begins")
    try:
        while True:
            try:
                got = yield "a word from inner"
            except ValueError as error:
                print("    inner catches ValueError:", error)
                continue
            if got == "enough":
                return "inner's result"
            print("    inner gets:", got)
    finally:
        print("    inner cleans up")


def middle():
    try:
        result = yield from inner()
        print("    middle gets:", result)
        return "middle's result"
    finally:
        print("    middle cleans up")


def outer():
    try:
        result = yield from middle()
    except TypeError as error:
        print("    outer catches TypeError:", error)
        return "outer's excuse"
    print("    outer gets:", result)
    return "outer's result"


def show(resume):
    try:
        print("    yielded:", resume())
    except StopIteration as stop:
        print("    StopIteration:", stop.value)


def begin():
    g = outer()
    print("  next(g)")
    show(lambda: next(g))
    return g


g = begin()
print('  g.send("x")')
show(lambda: g.send("x"))
print('  g.throw(ValueError("no"))')
show(lambda: g.throw(ValueError("no")))
print('  g.send("enough")')
show(lambda: g.send("enough"))

g = begin()
print('  g.throw(TypeError("no"))')
show(lambda: g.throw(TypeError("no")))

g = begin()
print("  g.close()")
g.close()
print("    closed")
