/* app.c - the business logic, and nothing else: straight lines, which may call each other. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <string.h>
#include <time.h>

#include "api.h"
#include "await.h"
#include "sockets.h"
#include "support/story.h"
#include "thread.h"

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
    AWAIT(GOT_FOO, f->foo, request("/foo"));
    RETURN(f->foo);
    END
}

static struct gen *one(int id)
{
    (void)id;
    return gen_new(sizeof(struct one), "one", one_body, NULL);
}

/* GET /two: func1 calls func2 for its second half. */
struct func2 {
    struct gen gen;
    const char *foo;
    struct value bar;
};

static struct value func2_body(struct gen *gen, struct value sent)
{
    struct func2 *f = (struct func2 *)gen;

    BEGIN(GOT_BAR)
    AWAIT(GOT_BAR, f->bar, request("/%s", f->foo));
    RETURN(f->bar);
    END
}

static struct value func2(const char *foo)
{
    struct func2 *f = gen_new(sizeof *f, "func2", func2_body, NULL);

    if (f != NULL)
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
    AWAIT(GOT_FOO, f->foo, request("/foo"));
    AWAIT_CATCH(GOT_BAR, f->bar, func2(f->foo.text));
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

/* The frame of a handler that waits for one thing. */
struct once {
    struct gen gen;
    int id;
    struct value got;
};

static struct gen *once(const char *name, gen_body *body, int id)
{
    struct once *f = gen_new(sizeof *f, name, body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}

static struct value nap_body(struct gen *gen, struct value sent)
{
    struct once *f = (struct once *)gen;

    BEGIN(RESTED)
    tell(f->id, WAITING, "sleeps for 300 ms");
    AWAIT(RESTED, f->got, sleep_for(300));
    tell(f->id, RUNNING, "wakes up");
    RETURN(text("rested"));
    END
}

static struct gen *nap(int id)
{
    return once("nap", nap_body, id);
}

static long long ns_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000000000LL + now.tv_nsec - start->tv_nsec;
}

/* A long computation, for another thread: 1 + 2 + ... + 300, with a millisecond's thought each. */
static struct value add_up(void *arg)
{
    struct timespec start;
    long sum = 0;

    (void)arg;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long n = 1; n <= 300; n++) {
        while (ns_since(&start) < story_delay(n) * 1000000LL)
            ;
        sum += n;
    }
    return integer(sum);
}

static struct value sum_body(struct gen *gen, struct value sent)
{
    struct once *f = (struct once *)gen;

    BEGIN(GOT_SUM)
    tell(f->id, RUNNING, "computes on another thread");
    AWAIT(GOT_SUM, f->got, run_in_thread(add_up, NULL));
    tell(f->id, RUNNING, "has its sum");
    RETURN(f->got);
    END
}

static struct gen *sum(int id)
{
    return once("sum", sum_body, id);
}

static const struct route routes[] = {
    {.path = "/hello", .handler = hello}, /* waits for nothing */
    {.path = "/one", .handler = one},     /* for a call */
    {.path = "/two", .handler = func1},   /* for a call, and another one in func2 */
    {.path = "/nap", .handler = nap},     /* for a timer */
    {.path = "/sum", .handler = sum},     /* for a thread */
    {.path = NULL},
};

const struct route *get_handler(const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}
