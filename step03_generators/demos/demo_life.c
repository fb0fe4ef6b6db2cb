/* demo_life.c - all that can happen to a generator. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"
#include "../gen.h"

/* A generator that owns something, and that meets an error in one of these ways. */
enum manner { LETS_IT_PASS, CATCHES_IT, IGNORES_EVEN_CLOSE };

struct life {
    struct gen gen;
    enum manner manner;
    struct value got;
};

static struct value life_body(struct gen *gen, struct value sent)
{
    struct life *f = (struct life *)gen;

    BEGIN(GOT, STUBBORN)
    YIELD_FINALLY(GOT, f->got, text("'first'"));
    if (f->got.tag == ERROR && f->got.code != GENERATOR_EXIT && f->manner == CATCHES_IT)
        f->got = text("'caught'");
    if (f->got.tag == ERROR && f->manner == IGNORES_EVEN_CLOSE)
        YIELD_FINALLY(STUBBORN, f->got, text("'no'"));
    say("        (its cleanup runs)\n");
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(f->got);
    END
}

static void life_drop(struct gen *gen)
{
    (void)gen;
    say("        (it is freed, and drops what it owns)\n");
}

static struct gen *life(const char *headline, enum manner manner)
{
    struct life *f = must(gen_new(sizeof *f, "life", life_body, life_drop));

    say("\n  %s:\n", headline);
    f->manner = manner;
    return &f->gen;
}

/* Prints what came of DOING something with GEN. */
static void report(const char *doing, const struct gen *gen, struct value value)
{
    static const char *const outcomes[] = {"yields", "returns", "raises"};

    say("    %-12s -> %s %s\n", doing, outcomes[gen_outcome(gen, value)],
        value.tag == NONE ? "none" : value.text);
}

/* Tries to resume itself, and is refused. */
static struct value self_body(struct gen *gen, struct value sent)
{
    BEGIN()
    sent = gen_send(gen, none());
    say("    its own send -> raises %s\n", sent.text);
    RAISE(sent);
    END
}

static void show_errors(void)
{
    struct value wrong = error(500, "'wrong'");
    struct gen *gen = life("an error is thrown into one that lets it pass", LETS_IT_PASS);

    report("send none", gen, gen_send(gen, none()));
    report("throw", gen, gen_throw(gen, wrong));
    gen_free(gen);

    gen = life("into one that catches it", CATCHES_IT);
    report("send none", gen, gen_send(gen, none()));
    report("throw", gen, gen_throw(gen, wrong));
    gen_free(gen);

    gen = life("into one that has not started", CATCHES_IT);
    report("throw", gen, gen_throw(gen, wrong));
    report("send none", gen, gen_send(gen, none()));
    gen_free(gen);
}

static void show_closing(void)
{
    struct gen *gen = life("one is closed where it has paused, twice", CATCHES_IT);

    report("send none", gen, gen_send(gen, none()));
    report("close", gen, gen_close(gen));
    report("close", gen, gen_close(gen));
    gen_free(gen);

    gen = life("one is closed before it has started", CATCHES_IT);
    report("close", gen, gen_close(gen));
    gen_free(gen);

    gen = life("one does not want to be closed", IGNORES_EVEN_CLOSE);
    report("send none", gen, gen_send(gen, none()));
    report("close", gen, gen_close(gen));
    report("send text", gen, gen_send(gen, text("'well then'")));
    gen_free(gen);
}

void demo_life(void)
{
    struct gen *gen;

    say("life: all that can happen to a generator\n");
    gen = life("one is sent what it wants, and once more", LETS_IT_PASS);
    report("send none", gen, gen_send(gen, none()));
    report("send text", gen, gen_send(gen, text("'a text'")));
    report("send none", gen, gen_send(gen, none()));
    gen_free(gen);

    gen = life("one is sent something before it has started", LETS_IT_PASS);
    report("send text", gen, gen_send(gen, text("'a text'")));
    gen_free(gen);

    show_errors();
    show_closing();

    say("\n  one resumes itself:\n");
    gen = must(gen_new(sizeof *gen, "self", self_body, NULL));
    report("send none", gen, gen_send(gen, none()));
    gen_free(gen);
    say("\n");
}
