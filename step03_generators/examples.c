/* examples.c - demos of generators alone, without a server around them. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"

#include "gen.h"
#include "support/story.h"

/* The article's first generator: hands out 2, prints what it gets for it, and returns that. */
struct func {
    struct gen gen;
    struct value got;
};

static struct value func_body(struct gen *gen, struct value sent)
{
    struct func *f = (struct func *)gen;

    BEGIN(GOT_SOMETHING)
    say("    the generator runs for the first time, and yields\n");
    YIELD(GOT_SOMETHING, f->got, integer(2));
    say("    the generator goes on in the middle\n");
    say("get %ld\n", f->got.integer);
    say("    the generator returns\n");
    RETURN(f->got);
    END
}

/* For demos, in which lack of memory is no subject. */
static void *made(void *gen)
{
    if (gen == NULL)
        die("out of memory");
    return gen;
}

static struct gen *func(void)
{
    return made(gen_new(sizeof(struct func), "func", func_body, NULL));
}

void show_send(void)
{
    struct gen *gen;
    struct value value;

    say("send: a function that stops in the middle\n\n"
        "  (At the margin stands what the article's own program prints.)\n\n");
    say("  the program makes the generator: nothing runs yet\n");
    gen = func();
    say("  the program sends none\n");
    value = gen_send(gen, none());
    say("  the program has control again, and a value\n");
    say("%ld\n", value.integer);
    say("  the program sends twice that\n");
    value = gen_send(gen, integer(2 * value.integer));
    say("  the program has control again; the generator has %s\n",
        gen_outcome(gen, value) == RETURNED ? "returned" : "not returned");
    say("%ld\n\n", value.integer);
    gen_free(gen);
}

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
    struct life *f = made(gen_new(sizeof *f, "life", life_body, life_drop));

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

void show_life(void)
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
    gen = made(gen_new(sizeof *gen, "self", self_body, NULL));
    report("send none", gen, gen_send(gen, none()));
    gen_free(gen);
    say("\n");
}

/* Loop1 of Tornado's two loops: wants sums, and does not add. */
struct loop1 {
    struct gen gen;
    struct call call;
    long a;
    struct value ret;
};

static long sum(long a, long b)
{
    return a + b;
}

static struct value loop1_body(struct gen *gen, struct value sent)
{
    struct loop1 *f = (struct loop1 *)gen;
    long swapped; /* need not survive a yield, so it may be a plain local */

    BEGIN(GOT_SUM)
    f->a = 1;
    f->ret = integer(1);
    for (;;) {
        f->call = (struct call){sum, {f->a, f->ret.integer}};
        YIELD(GOT_SUM, f->ret, function(&f->call));
        swapped = f->a;
        f->a = f->ret.integer;
        f->ret = integer(swapped);
        say("Loop1 ret %ld\n", f->ret.integer);
    }
    END
}

/* Loop2: calls whatever function it is sent, and hands out the result. */
struct loop2 {
    struct gen gen;
    struct value got;
};

static struct value loop2_body(struct gen *gen, struct value sent)
{
    struct loop2 *f = (struct loop2 *)gen;
    const struct call *call;

    BEGIN(GOT_FIRST, GOT_NEXT)
    YIELD(GOT_FIRST, f->got, none());
    for (;;) {
        call = f->got.call;
        YIELD(GOT_NEXT, f->got, integer(call->function(call->args[0], call->args[1])));
        say("Loop2\n");
    }
    END
}

void show_pingpong(void)
{
    struct gen *loop1 = made(gen_new(sizeof(struct loop1), "loop1", loop1_body, NULL));
    struct gen *loop2 = made(gen_new(sizeof(struct loop2), "loop2", loop2_body, NULL));
    struct value work = gen_send(loop1, none());

    say("pingpong: two loops that hand work to each other, each with its own variables\n\n");
    gen_send(loop2, none());
    for (int i = 0; i < 10; i++) {
        struct value result = gen_send(loop2, work);

        work = gen_send(loop1, result);
    }
    gen_free(loop1);
    gen_free(loop2);
    say("\n  Neither calls the other: the main loop carries the function to loop2, and its\n"
        "  result back to loop1. Put a socket in the place of loop2, and it is a server.\n\n");
}

/* Adds 1, 2 and 3, and pauses in between. Its total is a plain local variable. */
static struct value forgets_body(struct gen *gen, struct value sent)
{
    struct func *f = (struct func *)gen;
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

void show_pitfall(void)
{
    long forgotten = run_to_end(made(gen_new(sizeof(struct func), "forgets", forgets_body, NULL)));
    long kept =
        run_to_end(made(gen_new(sizeof(struct remembers), "remembers", remembers_body, NULL)));

    say("pitfall: 1 + 2 + 3, with a pause at each plus\n\n"
        "    total is a plain local variable   %ld\n"
        "    total is a member of the frame    %ld\n\n"
        "  A YIELD returns from the body, and the next send calls it anew: the local is 0\n"
        "  again, and only the last plus is left. Most compilers say nothing. What has to\n"
        "  survive a YIELD belongs into the frame.\n\n",
        forgotten, kept);
}
