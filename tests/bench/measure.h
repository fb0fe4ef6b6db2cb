/* measure.h - how the benchmarks of generators, and of what they are compared with, take time.
 *
 * What is measured runs in batches of some milliseconds, and the fastest batch counts: what else
 * the machine does can only make a batch slower. Who measures several things takes their batches in
 * turn, so that all of them meet the same machine. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    BATCH_NS = 4000000, /* what a batch takes at least */
    BATCHES = 25
};

struct measured {
    const char *name;
    void (*run)(void *what, long n); /* makes N round trips */
    void *what;
    long n;    /* the round trips of a batch; found out by measure() */
    double ns; /* of a round trip in the fastest batch; the same */
};

/* The ns since FROM. */
static inline double ns_since(struct timespec from)
{
    struct timespec to;

    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
}

static inline double batch_ns(const struct measured *m)
{
    struct timespec from;

    clock_gettime(CLOCK_MONOTONIC, &from);
    m->run(m->what, m->n);
    return ns_since(from);
}

static inline void measure(struct measured *all, int count)
{
    for (struct measured *m = all; m < all + count; m++) {
        m->n = 1;
        while ((m->ns = batch_ns(m)) < BATCH_NS || (m->ns = batch_ns(m)) < BATCH_NS)
            m->n *= 2; /* the second look, because what disturbs a batch must not make all short */
    }
    for (int batch = 0; batch < BATCHES; batch++) {
        for (struct measured *m = all; m < all + count; m++) {
            double ns = batch_ns(m);

            if (ns < m->ns)
                m->ns = ns;
        }
    }
    for (struct measured *m = all; m < all + count; m++)
        m->ns /= (double)m->n;
}

/* Ends the program if what a batch did is not what it should have done. */
static inline void must(int right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

#endif
