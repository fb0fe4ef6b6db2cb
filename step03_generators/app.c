/* app.c - the business logic, and nothing else: straight lines that pause where they wait. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <string.h>

#include "server.h"
#include "support/story.h"

static struct value hello_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(text("hello"));
    END
}

static struct gen *hello(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "hello", hello_body, NULL);
}

struct one {
    struct gen gen;
    struct value foo;
};

static struct value one_body(struct gen *gen, struct value sent)
{
    struct one *f = (struct one *)gen;

    BEGIN(GOT_FOO)
    YIELD(GOT_FOO, f->foo, request("/foo"));
    RETURN(f->foo);
    END
}

static struct gen *one(int id)
{
    (void)id;
    return gen_new(sizeof(struct one), "one", one_body, NULL);
}

struct two {
    struct gen gen;
    int id;
    long began;
    struct value foo, bar;
};

static struct value two_body(struct gen *gen, struct value sent)
{
    struct two *f = (struct two *)gen;

    BEGIN(GOT_FOO, GOT_BAR)
    f->began = story_ms();
    YIELD(GOT_FOO, f->foo, request("/foo"));
    YIELD(GOT_BAR, f->bar, request("/%s", f->foo.text));
    tell(f->id, RUNNING, "has made both calls in %ld ms", story_ms() - f->began);
    RETURN(f->bar);
    END
}

static struct gen *two(int id)
{
    struct two *f = gen_new(sizeof *f, "two", two_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}

/* The same once more, in two functions: func1 calls func2 for its second half. */
struct func2 {
    struct gen gen;
    const char *foo;
    struct value bar;
};

static struct value func2_body(struct gen *gen, struct value sent)
{
    struct func2 *f = (struct func2 *)gen;

    BEGIN(GOT_BAR)
    YIELD(GOT_BAR, f->bar, request("/%s", f->foo));
    RETURN(f->bar);
    END
}

static struct value func2(const char *foo)
{
    struct func2 *f = gen_new(sizeof *f, "func2", func2_body, NULL);

    if (f == NULL)
        return error(503, "out of memory");
    f->foo = foo;
    return generator((struct gen *)f);
}

struct func1 {
    struct gen gen;
    int id;
    long began;
    struct value foo, bar;
};

static struct value func1_body(struct gen *gen, struct value sent)
{
    struct func1 *f = (struct func1 *)gen;

    BEGIN(GOT_FOO, GOT_BAR)
    f->began = story_ms();
    YIELD(GOT_FOO, f->foo, request("/foo"));
    YIELD_CATCH(GOT_BAR, f->bar, func2(f->foo.text));
    if (f->bar.tag == ERROR) {
        tell(f->id, RUNNING, "catches in func1 what func2 did not: %s", f->bar.text);
        RAISE(error(502, "the second call failed"));
    }
    tell(f->id, RUNNING, "has made both calls in %ld ms", story_ms() - f->began);
    RETURN(f->bar);
    END
}

static struct gen *func1(int id)
{
    struct func1 *f = gen_new(sizeof *f, "func1", func1_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}

static const struct route routes[] = {
    {.path = "/hello", .handler = hello},
    {.path = "/one", .handler = one},
    {.path = "/two", .handler = two},
    {.path = "/nested", .handler = func1},
    {.path = NULL},
};

const struct route *get_handler(const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}
