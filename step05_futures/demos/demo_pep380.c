/* demo_pep380.c - send, throw, close and results, through three levels. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "../await.h"
#include "demos.h"

/* Three generators, each delegating to the next. */
struct level {
    struct gen gen;
    struct value got;
};

static struct value level(const char *name, gen_body *body)
{
    return generator(must(gen_new(sizeof(struct level), name, body, NULL)));
}

static struct value inner_body(struct gen *gen, struct value sent)
{
    struct level *f = (struct level *)gen;

    BEGIN(GOT_WORD)
    say("    inner begins\n");
    for (;;) {
        YIELD_FINALLY(GOT_WORD, f->got, text("a word from inner"));
        if (f->got.tag == ERROR && f->got.code == VALUE_ERROR) {
            say("    inner catches ValueError: %s\n", f->got.text);
        } else if (f->got.tag == ERROR || strcmp(f->got.text, "enough") == 0) {
            say("    inner cleans up\n");
            if (f->got.tag == ERROR)
                RAISE(f->got);
            RETURN(text("inner's result"));
        } else {
            say("    inner gets: %s\n", f->got.text);
        }
    }
    END
}

static struct value middle_body(struct gen *gen, struct value sent)
{
    struct level *f = (struct level *)gen;

    BEGIN(GOT_RESULT)
    YIELD_FROM_FINALLY(GOT_RESULT, f->got, level("inner", inner_body));
    if (f->got.tag != ERROR)
        say("    middle gets: %s\n", f->got.text);
    say("    middle cleans up\n");
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(text("middle's result"));
    END
}

static struct value outer_body(struct gen *gen, struct value sent)
{
    struct level *f = (struct level *)gen;

    BEGIN(GOT_RESULT)
    YIELD_FROM_CATCH(GOT_RESULT, f->got, level("middle", middle_body));
    if (f->got.tag == ERROR) {
        say("    outer catches TypeError: %s\n", f->got.text);
        RETURN(text("outer's excuse"));
    }
    say("    outer gets: %s\n", f->got.text);
    RETURN(text("outer's result"));
    END
}

/* Says what has come out of G. */
static void show(const struct gen *g, struct value value)
{
    say(gen_outcome(g, value) == RETURNED ? "    StopIteration: %s\n" : "    yielded: %s\n",
        value.text);
}

static struct gen *begin(void)
{
    struct gen *g = level("outer", outer_body).gen;

    say("  next(g)\n");
    show(g, gen_send(g, none()));
    return g;
}

void demo_pep380(void)
{
    struct gen *g;

    say("pep380: outer delegates to middle, and middle to inner, as in PEP 380\n\n");
    g = begin();
    say("  g.send(\"x\")\n");
    show(g, gen_send(g, text("x")));
    say("  g.throw(ValueError(\"no\"))\n");
    show(g, gen_throw(g, error(VALUE_ERROR, "no")));
    say("  g.send(\"enough\")\n");
    show(g, gen_send(g, text("enough")));
    gen_free(g);

    g = begin();
    say("  g.throw(TypeError(\"no\"))\n");
    show(g, gen_throw(g, error(TYPE_ERROR, "no")));
    gen_free(g);

    g = begin();
    say("  g.close()\n");
    gen_close(g);
    say("    closed\n");
    gen_free(g);
    say("\n  CPython prints the same. What is sent or thrown goes to the innermost, what\n"
        "  that returns or raises to its delegator, and a close begins inside.\n\n");
}
