/* app.c - the business logic, and nothing else: straight lines, which may call each other. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "future.h"
#include "pool.h"
#include "sleep.h"
#include "support/http.h"
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

/* GET /block: what /nap was in step 4, to compare. */
static struct value block_body(struct gen *gen, struct value sent)
{
    struct once *f = (struct once *)gen;
    long ms = story_delay(300);
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    BEGIN()
    tell(f->id, BLOCKED, "sleeps for 300 ms");
    while (nanosleep(&left, &left) == -1)
        ; /* interrupted */
    tell(f->id, RUNNING, "wakes up");
    RETURN(text("rested"));
    END
}

static struct gen *block(int id)
{
    return once("block", block_body, id);
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

/* GET /gather: three calls at once. They are awaited one after the other, but all have begun
 * before. The frame keeps a reference to each: so that the texts in got live on, and so that those
 * that are not awaited yet are cancelled if an earlier one fails. */
struct gather {
    struct gen gen;
    struct value calls[3];
    struct value got[3];
    char answer[3 * BODY_SIZE];
};

static struct value gather_body(struct gen *gen, struct value sent)
{
    struct gather *f = (struct gather *)gen;

    BEGIN(GOT_FIRST, GOT_SECOND, GOT_THIRD)
    f->calls[0] = request("/bar");
    f->calls[1] = request("/foo");
    f->calls[2] = request("/foo");
    AWAIT(GOT_FIRST, f->got[0], future_share(f->calls[0]));
    AWAIT(GOT_SECOND, f->got[1], future_share(f->calls[1]));
    AWAIT(GOT_THIRD, f->got[2], future_share(f->calls[2]));
    snprintf(f->answer, sizeof f->answer, "%s %s %s", f->got[0].text, f->got[1].text,
             f->got[2].text);
    RETURN(text(f->answer)); /* as a handler may: it is copied before the frame is freed */
    END
}

static void gather_drop(struct gen *gen)
{
    for (int i = 0; i < 3; i++)
        value_drop(((struct gather *)gen)->calls[i]);
}

static struct gen *gather(int id)
{
    (void)id;
    return gen_new(sizeof(struct gather), "gather", gather_body, gather_drop);
}

static const struct route routes[] = {
    {.path = "/hello", .handler = hello},   /* waits for nothing */
    {.path = "/one", .handler = one},       /* for a call */
    {.path = "/two", .handler = func1},     /* for a call, and another one in func2 */
    {.path = "/nap", .handler = nap},       /* for a timer */
    {.path = "/sum", .handler = sum},       /* for a thread */
    {.path = "/gather", .handler = gather}, /* for three calls at once */
    {.path = "/block", .handler = block},   /* blocks the loop */
    {.path = NULL},
};

const struct route *get_handler(const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}
