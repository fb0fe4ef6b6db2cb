/* generators.h - what the benchmarks of generators have in common; included behind the gen.h of a
 * step. */
#ifndef GENERATORS_H
#define GENERATORS_H

#include <string.h>

#include "measure.h"
#include "memory.h"

enum { CROWD = 1000000 };

/* Yields what it gets, for ever. Its own variables are a value: 16 bytes on 64-bit machines. */
struct echo {
    struct gen gen;
    struct value got;
};

static inline struct value echo_body(struct gen *gen, struct value sent)
{
    struct echo *f = (struct echo *)gen;

    BEGIN(GOT)
    for (;;)
        YIELD(GOT, f->got, f->got);
    END
}

static inline struct gen *new_echo(void)
{
    struct gen *gen = gen_new(sizeof(struct echo), "echo", echo_body, NULL);

    must(gen != NULL, "out of memory");
    return gen;
}

/* Prints a line "memory_STEP": what a generator that has paused takes besides its own variables.
 * That is by how much a million of them let the process grow, page tables counted, without those
 * variables; what malloc() adds and rounds up belongs to it. Prints nothing where there is no
 * /proc. */
static inline void print_memory(const char *step)
{
    static struct gen *crowd[CROWD];
    const size_t own = sizeof(struct echo) - sizeof(struct gen);
    double before, after;

    memset(crowd, 1, sizeof crowd); /* so that it does not grow with the generators */
    before = memory();
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = new_echo();
        gen_send(crowd[i], none());
    }
    after = memory();
    for (int i = 0; i < CROWD; i++) {
        must(gen_send(crowd[i], integer(i)).integer == i, "a generator of the crowd is wrong");
        gen_free(crowd[i]);
    }
    if (before > 0)
        printf("memory_%s %.1f own %zu\n", step, (after - before) / CROWD - (double)own, own);
}

#endif
