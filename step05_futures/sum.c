/* sum.c - a handler that computes for long, on another thread. */
#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "app.h"
#include "await.h"
#include "pool.h"
#include "support/story.h"

struct sum {
    struct gen gen;
    int id;
    struct value got;
};

static long long ns_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000000000LL + now.tv_nsec - start->tv_nsec;
}

/* 1 + 2 + ... + 300, with a millisecond of work for each. */
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
    struct sum *f = (struct sum *)gen;

    BEGIN(GOT_SUM)
    tell(f->id, RUNNING, "computes on another thread");
    AWAIT(GOT_SUM, f->got, run_in_thread(add_up, NULL));
    tell(f->id, RUNNING, "has its sum");
    RETURN(f->got);
    END
}

struct gen *sum(int id)
{
    struct sum *f = gen_new(sizeof *f, "sum", sum_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}
