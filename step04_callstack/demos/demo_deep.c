/* demo_deep.c - a million calls deep. */
#define _POSIX_C_SOURCE 200809L

#include "../callstack.h"
#include "demos.h"

/* Adds N ones by recursion: each call is a generator on the heap, not a frame of the C stack. */
struct add {
    struct gen gen;
    long n;
    struct value below;
};

static struct value add_up(long n);

static struct value add_body(struct gen *gen, struct value sent)
{
    struct add *f = (struct add *)gen;

    BEGIN(GOT_REST, GOT_NUDGE)
    if (f->n > 0) {
        YIELD(GOT_REST, f->below, add_up(f->n - 1));
        RETURN(integer(1 + f->below.integer));
    }
    YIELD(GOT_NUDGE, f->below, text("at the bottom"));
    RETURN(integer(0));
    END
}

static struct value add_up(long n)
{
    struct add *f = gen_new(sizeof *f, "add", add_body, NULL);

    if (f == NULL)
        return error(503, "out of memory");
    f->n = n;
    return generator(&f->gen);
}

void demo_deep(void)
{
    enum { DEPTH = 1000000 };
    struct callstack stack = {.top = NULL};
    struct value value = add_up(DEPTH);

    say("deep: a generator that calls itself, to add 1 + 1 + ..., %d times\n\n", DEPTH);
    if (value.tag == ERROR)
        die("%s", value.text);
    callstack_push(&stack, value.gen);
    value = callstack_send(&stack, none());
    if (value.tag == ERROR)
        die("%s", value.text);
    say("    %d calls deep, it pauses %s, and is sent on\n", DEPTH, value.text);
    value = callstack_send(&stack, none());
    say("    it returns %ld\n\n", value.integer);
    say("  The frames are on the heap, and the C stack never holds more than one body.\n\n");
}
