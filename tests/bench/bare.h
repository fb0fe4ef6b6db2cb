/* bare.h - the bare indirect call, with which switches and generators are compared; included behind
 * the value.h of a step. */
#ifndef BARE_H
#define BARE_H

#include "measure.h"

/* What a generator does at least: keeps the value, gives one back. */
static struct value keep(struct value *got, struct value sent)
{
    *got = sent;
    return sent;
}

/* Volatile, so that the compiler does not know whom it calls. */
static struct value (*volatile keeper)(struct value *, struct value) = keep;

static void call_bare(void *got, long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++)
        sum += keeper(got, integer(i)).integer;
    must(sum == n * (n - 1) / 2, "a bare call is wrong");
}

#endif
