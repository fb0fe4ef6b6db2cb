/* gen.c - tests of generators (step 3 on): the same programs as in gen.py, which CPython runs. What
 * it prints is gen.txt. That each frame is dropped exactly once is counted besides. With "own":
 * where CPython has no equal; gen_own.txt. */
#define _POSIX_C_SOURCE 200809L

#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One frame for all of them; not each uses all of it. */
struct frame {
    struct gen gen;
    struct value got;
    const char *manner;
};

static int n_made, n_dropped;

static void count_drop(struct gen *gen)
{
    (void)gen;
    n_dropped++;
}

/* Says WHAT is tested, and makes its generator. */
static struct gen *test(const char *what, gen_body *body, const char *manner)
{
    struct frame *f = gen_new(sizeof *f, "tested", body, count_drop);

    if (f == NULL)
        exit(1);
    n_made++;
    f->manner = manner;
    printf("%s%s\n", what, manner);
    return &f->gen;
}

static const char *error_name(int code)
{
    return code == TYPE_ERROR       ? "TypeError"
           : code == VALUE_ERROR    ? "ValueError"
           : code == RUNTIME_ERROR  ? "RuntimeError"
           : code == GENERATOR_EXIT ? "GeneratorExit"
                                    : "?";
}

static void show(const char *doing, const char *becomes, struct value value)
{
    if (value.tag == ERROR)
        printf("  %s: raises %s %s\n", doing, error_name(value.code), value.text);
    else if (value.tag == NONE)
        printf("  %s: %s None\n", doing, becomes);
    else
        printf("  %s: %s %ld\n", doing, becomes, value.integer);
}

static void show_send(struct gen *gen, struct value value)
{
    char doing[32] = "send None";

    if (value.tag == INTEGER)
        snprintf(doing, sizeof doing, "send %ld", value.integer);
    else if (value.tag == GENERATOR)
        snprintf(doing, sizeof doing, "send a generator");
    value = gen_send(gen, value);
    show(doing, gen_outcome(gen, value) == YIELDED ? "yields" : "returns", value);
}

static void show_throw(struct gen *gen, int code, const char *message)
{
    struct value value = gen_throw(gen, error(code, message));

    show("throw", gen_outcome(gen, value) == YIELDED ? "yields" : "returns", value);
}

static void show_close(struct gen *gen)
{
    show("close", "returns", gen_close(gen));
}

static struct value echo(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    while (f->got.tag != ERROR && (f->got.tag == NONE || f->got.integer != 99))
        YIELD_FINALLY(GOT, f->got, f->got);
    printf("  (cleanup)\n");
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(f->got);
    END
}

static struct value catcher(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT_FIRST, GOT_SECOND)
    YIELD_CATCH(GOT_FIRST, f->got, integer(1));
    if (f->got.tag == ERROR && f->got.code == VALUE_ERROR) {
        printf("  (caught)\n");
        if (strcmp(f->manner, "raise") == 0)
            RAISE(f->got);
        if (strcmp(f->manner, "other") == 0)
            RAISE(error(TYPE_ERROR, "another"));
        if (strcmp(f->manner, "return") == 0)
            RETURN(integer(5));
        YIELD(GOT_SECOND, f->got, integer(6));
    }
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(f->got);
    END
}

static struct value stubborn(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT_FIRST, GOT_SECOND)
    YIELD_FINALLY(GOT_FIRST, f->got, integer(1));
    if (f->got.tag == ERROR && f->got.code == GENERATOR_EXIT)
        YIELD(GOT_SECOND, f->got, integer(2));
    RETURN(integer(3));
    END
}

static struct value closing(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD_FINALLY(GOT, f->got, integer(1));
    if (strcmp(f->manner, "return") == 0)
        RETURN(integer(4));
    RAISE(error(TYPE_ERROR, "in the cleanup"));
    END
}

static struct value empty(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(integer(7));
    END
}

static struct value operand(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT_PASSED, GOT_CAUGHT)
    if (strcmp(f->manner, "let it pass") == 0)
        YIELD(GOT_PASSED, f->got, error(VALUE_ERROR, "no operand"));
    YIELD_CATCH(GOT_CAUGHT, f->got, error(VALUE_ERROR, "no operand"));
    if (f->got.tag == ERROR)
        printf("  (caught)\n");
    RETURN(integer(8));
    END
}

static struct value myself(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    show("send None to itself", "returns", gen_send(gen, none()));
    show("throw into itself", "returns", gen_throw(gen, error(VALUE_ERROR, "own")));
    show_close(gen);
    YIELD(GOT, f->got, integer(1));
    RETURN(f->got);
    END
}

static void test_send(void)
{
    struct gen *g = test("send and return value", echo, "");

    show_send(g, none());
    show_send(g, integer(1));
    show_send(g, integer(2));
    show_send(g, integer(99));
    show_send(g, none());
    show_send(g, integer(5));
    show_throw(g, VALUE_ERROR, "late");
    show_close(g);
    gen_free(g);

    g = test("returns without a yield", empty, "");
    show_send(g, none());
    show_send(g, none());
    gen_free(g);

    g = test("a first send of something", echo, "");
    show_send(g, integer(1));
    show_send(g, none());
    show_send(g, integer(99));
    gen_free(g);
}

static void test_throw(void)
{
    static const char *const manners[] = {"raise", "other", "return", "go on"};
    struct gen *g = test("throw, not caught", echo, "");

    show_send(g, none());
    show_throw(g, VALUE_ERROR, "thrown");
    show_send(g, none());
    gen_free(g);

    for (int i = 0; i < 4; i++) {
        g = test("throw, caught: ", catcher, manners[i]);
        show_send(g, none());
        show_throw(g, VALUE_ERROR, "thrown");
        show_send(g, integer(8));
        gen_free(g);
    }

    for (int i = 0; i < 2; i++) {
        g = test("what it would yield is an error: ", operand, i == 0 ? "catch it" : "let it pass");
        show_send(g, none());
        show_send(g, none());
        gen_free(g);
    }

    g = test("throw what is not caught", catcher, "");
    show_send(g, none());
    show_throw(g, TYPE_ERROR, "thrown");
    show_send(g, none());
    gen_free(g);

    g = test("throw before the start", catcher, "");
    show_throw(g, VALUE_ERROR, "thrown");
    show_send(g, none());
    show_throw(g, VALUE_ERROR, "thrown");
    gen_free(g);
}

static void test_close(void)
{
    struct gen *g = test("close where it paused", echo, "");

    show_send(g, none());
    show_close(g);
    show_close(g);
    show_send(g, none());
    gen_free(g);

    g = test("close before the start", echo, "");
    show_close(g);
    show_close(g);
    show_send(g, none());
    gen_free(g);

    g = test("close one that ", closing, "returns");
    ((struct frame *)g)->manner = "return";
    show_send(g, none());
    show_close(g);
    gen_free(g);

    g = test("close one that ", closing, "raises");
    show_send(g, none());
    show_close(g);
    show_send(g, none());
    gen_free(g);

    g = test("close one that yields", stubborn, "");
    show_send(g, none());
    show_close(g);
    show_send(g, none());
    gen_free(g);
}

/* --- what CPython cannot be asked: there, None is no generator, an error is sent by throw alone,
 * and nobody owns what is sent */

static struct value returned(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(((struct frame *)gen)->got);
    END
}

static struct value catches(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD_CATCH(GOT, f->got, integer(1));
    printf("  (caught)\n");
    RETURN(none());
    END
}

static struct value raised(struct gen *gen, struct value sent)
{
    BEGIN()
    RAISE(((struct frame *)gen)->got);
    END
}

/* A generator that is to be freed, as a value. */
static struct value victim(void)
{
    struct frame *f = gen_new(sizeof *f, "victim", empty, count_drop);

    if (f == NULL)
        exit(1);
    n_made++;
    return generator(&f->gen);
}

/* Says how many have been dropped since there were BEFORE. */
static void show_dropped(int before)
{
    printf("  so many are freed: %d\n", n_dropped - before);
}

static struct value sends_to_itself(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;
    int before = n_dropped;

    BEGIN(GOT)
    show_send(gen, victim());
    show_dropped(before);
    show("hand itself on", "is", generator(gen));
    YIELD(GOT, f->got, none());
    RETURN(none());
    END
}

/* Hands out a victim when it is closed: once, or as its result. */
static struct value gives_up(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT_FIRST, GOT_SECOND)
    YIELD_FINALLY(GOT_FIRST, f->got, integer(1));
    if (strcmp(f->manner, "yields") == 0)
        YIELD_FINALLY(GOT_SECOND, f->got, victim());
    RETURN(victim());
    END
}

static void test_errors(void)
{
    struct gen *g = test("an error that is sent is thrown: ", catcher, "go on");

    show_send(g, none());
    show("send an error", "yields", gen_send(g, error(VALUE_ERROR, "sent")));
    show_send(g, integer(8));
    gen_free(g);

    g = test("an error that is sent before the start", echo, "");
    show("send an error", "yields", gen_send(g, error(VALUE_ERROR, "sent")));
    show_send(g, none());
    gen_free(g);

    g = test("what is no error cannot be thrown", echo, "");
    show_send(g, none());
    show("throw", "yields", gen_throw(g, integer(1)));
    show_send(g, integer(1));
    value_drop(generator(g));
    gen_free(NULL);
    value_drop(integer(1));

    for (int i = 0; i < 2; i++) {
        g = test("YIELD_CATCH: ", catches,
                 i == 0 ? "an error is caught" : "a GeneratorExit passes");
        show_send(g, none());
        show_throw(g, i == 0 ? VALUE_ERROR : GENERATOR_EXIT, "thrown");
        gen_free(g);
    }

    g = test("an error is not returned", returned, "");
    ((struct frame *)g)->got = error(VALUE_ERROR, "returned");
    show_send(g, none());
    show_send(g, none());
    gen_free(g);

    g = test("what is no error is not raised", raised, "");
    show_send(g, none());
    show_send(g, none());
    gen_free(g);
    printf("  there is no memory for a generator: raises %s\n", generator(NULL).text);
}

static void test_freed(void)
{
    struct gen *g = test("what is refused is freed: sent to one that has not begun", echo, "");
    int before = n_dropped;

    show_send(g, victim());
    show_dropped(before);
    show_send(g, none());
    show("throw a generator", "yields", gen_throw(g, victim()));
    show_dropped(before);
    show_close(g);
    show_send(g, victim());
    show_dropped(before);
    gen_free(g);

    g = test("sent to one that runs", sends_to_itself, "");
    show_send(g, none());
    gen_free(g);

    g = test("raised", raised, "");
    ((struct frame *)g)->got = victim();
    before = n_dropped;
    show_send(g, none());
    show_dropped(before);
    gen_free(g);

    for (int i = 0; i < 2; i++) {
        g = test("what comes out of one that is closed: ", gives_up, i == 0 ? "returns" : "yields");
        before = n_dropped;
        show_send(g, none());
        show_close(g);
        show_dropped(before);
        gen_free(g);
        show_dropped(before);
    }
}

static void try_all(struct gen *gen)
{
    count_drop(gen);
    show_send(gen, none());
    show_send(gen, victim());
    show_throw(gen, VALUE_ERROR, "no");
    show_close(gen);
    show("hand it on", "is", generator(gen));
}

static void test_drop(void)
{
    struct gen *g = test("while it is dropped it can do nothing more", echo, "");

    g->drop = try_all;
    show_send(g, none());
    gen_free(g);
}

static void test_where(void)
{
    struct gen *g = test("where it has paused: ", catcher, "go on");
    char out[20], cut[5];

    gen_where(g, out, sizeof out);
    printf("  %s\n", out);
    show_send(g, none());
    gen_where(g, out, sizeof out);
    gen_where(g, cut, sizeof cut);
    printf("  %s, %s\n", out, cut);
    show_throw(g, VALUE_ERROR, "thrown");
    gen_where(g, out, sizeof out);
    printf("  %s\n", out);
    show_close(g);
    gen_where(g, out, sizeof out);
    printf("  %s\n", out);
    gen_free(g);
}

int main(int argc, char **argv)
{
    struct gen *g;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "own") == 0) {
        test_errors();
        test_freed();
        test_drop();
        test_where();
        printf("%d frames were made, and %d dropped\n", n_made, n_dropped);
        return 0;
    }
    test_send();
    test_throw();
    test_close();

    g = test("resumes itself", myself, "");
    show_send(g, none());
    show_send(g, integer(3));
    gen_free(g);

    if (n_made != n_dropped)
        printf("FAILED: %d frames were made, and %d dropped\n", n_made, n_dropped);
    return 0;
}
