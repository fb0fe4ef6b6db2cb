/* futures.c - measures a million futures of step 5 that are waited for at once.
 *
 *     futures callbacks | generators
 *
 * Each has one who waits for it: a callback; or a generator that awaits it, and what drives that,
 * as the server does. One line on stdout tells, for each of the million:
 *
 *     future_b X   the bytes of the future
 *     waiter_b X   the bytes of who waits; both without meaning where there is no /proc
 *     make X       the ns to make it
 *     wait X       to make who waits, and let it wait
 *     fill X       to fill it
 *     deliver X    from the ready list to who waits, who reads the result and frees all
 *
 * All this happens once in a process, in memory that the kernel has yet to give to it, and in the
 * order in which the futures were made. */
#define _POSIX_C_SOURCE 200809L

#include "../../step05_futures/future.h"
#include "../../step05_futures/await.h"
#include "../../step05_futures/loop.h"

#include "measure.h"
#include "memory.h"

enum { CROWD = 1000000 };

static struct future *futures[CROWD];
static bool with_generators;
static long delivered, sum;

/* Who waits for a future. */
struct waiter {
    struct handle handle;
    struct future *future;
    struct gen *gen; /* only with generators */
};

/* Awaits its future. */
struct handler {
    struct gen gen;
    struct future *future;
    struct value got;
};

static struct value handler_body(struct gen *gen, struct value sent)
{
    struct handler *f = (struct handler *)gen;

    BEGIN(GOT)
    AWAIT(GOT, f->got, future(f->future));
    RETURN(f->got);
    END
}

/* The future of ARG, a waiter, is filled. */
static void deliver(void *arg)
{
    struct waiter *waiter = arg;
    struct value value = future_result(waiter->future);

    if (with_generators) {
        value = gen_send(waiter->gen, value);
        must(gen_outcome(waiter->gen, value) == RETURNED, "a generator did not return");
        gen_free(waiter->gen);
    }
    sum += value.integer;
    future_unref(waiter->future);
    free(waiter);
    if (++delivered == CROWD)
        loop_stop();
}

/* Lets one wait for FUTURE. */
static void add_waiter(struct future *future)
{
    struct waiter *waiter = malloc(with_generators ? sizeof *waiter : offsetof(struct waiter, gen));

    must(waiter != NULL, "out of memory");
    waiter->handle.call = deliver;
    waiter->handle.arg = waiter;
    waiter->future = future;
    if (with_generators) {
        struct handler *f = gen_new(sizeof *f, "handler", handler_body, NULL);

        must(f != NULL, "out of memory");
        f->future = future;
        waiter->gen = &f->gen;
        waiter->future = gen_send(waiter->gen, none()).future;
    }
    future_add_done_callback(waiter->future, &waiter->handle);
}

static void make_all(void)
{
    for (int i = 0; i < CROWD; i++)
        must((futures[i] = future_new(sizeof(struct future), NULL)) != NULL, "out of memory");
}

static void wait_for_all(void)
{
    for (int i = 0; i < CROWD; i++)
        add_waiter(futures[i]);
}

static void fill_all(void)
{
    for (int i = 0; i < CROWD; i++)
        future_set_result(futures[i], integer(i));
}

/* The ns that STEP takes for each of the crowd. */
static double ns_each(void (*step)(void))
{
    struct timespec from;

    clock_gettime(CLOCK_MONOTONIC, &from);
    step();
    return ns_since(from) / CROWD;
}

int main(int argc, char **argv)
{
    double before, made, waiting, make, wait, fill;

    with_generators = argc == 2 && strcmp(argv[1], "generators") == 0;
    must(argc == 2 && (with_generators || strcmp(argv[1], "callbacks") == 0),
         "usage: futures callbacks | generators");
    loop_open();
    memset(futures, 1, sizeof futures); /* so that it does not grow with the futures */
    before = memory();
    make = ns_each(make_all);
    made = memory();
    wait = ns_each(wait_for_all);
    waiting = memory();
    fill = ns_each(fill_all);
    must(delivered == 0, "somebody was called before the loop ran");
    printf("future_b %.1f waiter_b %.1f make %.2f wait %.2f fill %.2f", (made - before) / CROWD,
           (waiting - made) / CROWD, make, wait, fill);
    printf(" deliver %.2f\n", ns_each(loop_run));
    must(sum == (long)CROWD * (CROWD - 1) / 2, "a result is wrong");
    loop_close();
    return 0;
}
