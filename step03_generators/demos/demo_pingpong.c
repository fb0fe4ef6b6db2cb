/* demo_pingpong.c - two generators that pass work to each other: Tornado's two loops. */
#define _POSIX_C_SOURCE 200809L

#include "../gen.h"
#include "demos.h"

/* A function with its arguments, which has not been called yet: a generator that has not begun. */
struct sum {
    struct gen gen;
    long a, b;
};

static struct value sum_body(struct gen *gen, struct value sent)
{
    struct sum *f = (struct sum *)gen;

    BEGIN()
    RETURN(integer(f->a + f->b));
    END
}

static struct value sum(long a, long b)
{
    struct sum *f = must(gen_new(sizeof *f, "sum", sum_body, NULL));

    f->a = a;
    f->b = b;
    return generator(&f->gen);
}

/* Wants sums, and does not add. */
struct loop1 {
    struct gen gen;
    long a;
    struct value ret;
};

static struct value loop1_body(struct gen *gen, struct value sent)
{
    struct loop1 *f = (struct loop1 *)gen;
    long swapped; /* need not survive a YIELD, so it may be a plain local variable */

    BEGIN(GOT_SUM)
    f->a = 0;
    f->ret = integer(1);
    for (;;) {
        YIELD(GOT_SUM, f->ret, sum(f->a, f->ret.integer));
        swapped = f->a;
        f->a = f->ret.integer;
        f->ret = integer(swapped);
        say("Loop1 ret %ld\n", f->ret.integer);
    }
    END
}

/* Adds: calls whatever function it is sent, and yields the result. */
struct loop2 {
    struct gen gen;
    struct value work, ignored;
};

static struct value loop2_body(struct gen *gen, struct value sent)
{
    struct loop2 *f = (struct loop2 *)gen;
    struct value result;

    BEGIN(GOT_WORK, WAS_CALLED)
    for (;;) {
        YIELD(GOT_WORK, f->work, none());
        result = gen_send(f->work.gen, none());
        gen_free(f->work.gen);
        YIELD(WAS_CALLED, f->ignored, result);
        say("Loop2\n");
    }
    END
}

void demo_pingpong(void)
{
    struct gen *loop1 = must(gen_new(sizeof(struct loop1), "loop1", loop1_body, NULL));
    struct gen *loop2 = must(gen_new(sizeof(struct loop2), "loop2", loop2_body, NULL));
    struct value work = gen_send(loop1, none());

    say("pingpong: two loops that pass work to each other, each with its own variables\n\n");
    for (int i = 0; i < 10; i++) {
        struct value result;

        gen_send(loop2, none()); /* to its first YIELD, which receives; none comes out */
        result = gen_send(loop2, work);
        work = gen_send(loop1, result);
    }
    value_drop(work); /* nobody receives it any more */
    gen_free(loop1);
    gen_free(loop2);
    say("\n  Neither calls the other. The main loop carries the work to loop2, and the\n"
        "  result back to loop1. Put a socket in the place of loop2, and it is a server.\n\n");
}
