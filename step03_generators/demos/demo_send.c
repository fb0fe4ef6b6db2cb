/* demo_send.c - a function that stops in the middle. */
#define _POSIX_C_SOURCE 200809L

#include "../gen.h"
#include "demos.h"

/* The article's first generator: yields 2, prints what it is sent for it, and returns that. */
struct func {
    struct gen gen;
    struct value got;
};

static struct value func_body(struct gen *gen, struct value sent)
{
    struct func *f = (struct func *)gen;

    BEGIN(GOT_VALUE)
    say("    the generator begins, and yields\n");
    YIELD(GOT_VALUE, f->got, integer(2));
    say("    the generator goes on in the middle\n");
    say("get %ld\n", f->got.integer);
    say("    the generator returns\n");
    RETURN(f->got);
    END
}

static struct gen *func(void)
{
    return must(gen_new(sizeof(struct func), "func", func_body, NULL));
}

/* Says where GEN has paused. */
static void say_where(const struct gen *gen)
{
    char where[32];

    gen_where(gen, where, sizeof where);
    say("  the program has control; the generator is at %s\n", where);
}

void demo_send(void)
{
    struct gen *gen;
    struct value value;

    say("send: a function that stops in the middle\n\n"
        "  (At the margin stands what the article's own program prints.)\n\n");
    gen = func();
    say("  the program has made the generator: nothing runs yet\n");
    say_where(gen);
    say("  the program sends none\n");
    value = gen_send(gen, none());
    say_where(gen);
    say("%ld\n", value.integer);
    say("  the program sends twice that\n");
    value = gen_send(gen, integer(2 * value.integer));
    say_where(gen);
    say("%ld\n\n", value.integer);
    gen_free(gen);
}
