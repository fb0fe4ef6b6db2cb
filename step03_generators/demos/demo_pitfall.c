/* demo_pitfall.c - a local variable that does not survive. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"
#include "../gen.h"

/* Adds 1, 2 and 3, and pauses in between. Its total is a plain local variable. */
struct forgets {
    struct gen gen;
    struct value got;
};

static struct value forgets_body(struct gen *gen, struct value sent)
{
    struct forgets *f = (struct forgets *)gen;
    long total = 0;

    BEGIN(ADDED_1, ADDED_2)
    total += 1;
    YIELD(ADDED_1, f->got, none());
    total += 2;
    YIELD(ADDED_2, f->got, none());
    total += 3;
    RETURN(integer(total));
    END
}

/* The same; its total is in the frame. */
struct remembers {
    struct gen gen;
    struct value got;
    long total;
};

static struct value remembers_body(struct gen *gen, struct value sent)
{
    struct remembers *f = (struct remembers *)gen;

    BEGIN(ADDED_1, ADDED_2)
    f->total += 1;
    YIELD(ADDED_1, f->got, none());
    f->total += 2;
    YIELD(ADDED_2, f->got, none());
    f->total += 3;
    RETURN(integer(f->total));
    END
}

/* Runs GEN to its end, frees it, and returns what it returned. */
static long run_to_end(struct gen *gen)
{
    struct value value = gen_send(gen, none());

    while (gen_outcome(gen, value) == YIELDED)
        value = gen_send(gen, none());
    gen_free(gen);
    return value.integer;
}

void demo_pitfall(void)
{
    long forgotten =
        run_to_end(must(gen_new(sizeof(struct forgets), "forgets", forgets_body, NULL)));
    long kept =
        run_to_end(must(gen_new(sizeof(struct remembers), "remembers", remembers_body, NULL)));

    say("pitfall: 1 + 2 + 3, with a pause at each plus\n\n"
        "    total is a plain local variable   %ld\n"
        "    total is a member of the frame    %ld\n\n"
        "  A YIELD returns from the body, and the next send calls it anew: the local is 0\n"
        "  again, and only the last plus is left. Most compilers say nothing. What has to\n"
        "  survive a YIELD belongs into the frame.\n\n",
        forgotten, kept);
}
