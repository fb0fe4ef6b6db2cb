/* delegate.c - tests of delegation (step 5 on): the same programs as in delegate.py, which CPython
 * runs. What it prints is delegate.txt. With the word "own" it does what CPython has no equal for,
 * and prints delegate_own.txt; with "first", "second" or "dropped" the program is to stop. That
 * each frame is dropped exactly once is counted besides. */
#define _POSIX_C_SOURCE 200809L

#include "await.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One frame for all of them; not each uses all of it. */
struct frame {
    struct gen gen;
    int n;
    const char *manner;    /* what it does when it is closed, or with what it catches; or NULL */
    struct gen *others[2]; /* to whom it will delegate, one after the other */
    struct value got, thrown;
};

static int n_made, n_dropped;
static bool names_dropped; /* says who is dropped */
static struct gen *outer, *middle;

static void drop(struct gen *gen)
{
    struct frame *f = (struct frame *)gen;

    n_dropped++;
    if (names_dropped)
        printf("  (%s %d is dropped)\n", gen->name, f->n);
    gen_free(f->others[0]);
    gen_free(f->others[1]);
}

static struct frame *make(const char *name, gen_body *body)
{
    struct frame *f = gen_new(sizeof *f, name, body, drop);

    if (f == NULL)
        exit(1);
    n_made++;
    return f;
}

/* Hands on the generator that F has kept at I. */
static struct value give(struct frame *f, int i)
{
    struct gen *gen = f->others[i];

    f->others[i] = NULL;
    return generator(gen);
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
        printf("  %s: raises %s%s%s\n", doing, error_name(value.code),
               *value.text == '\0' ? "" : " ", value.text);
    else if (value.tag == INTEGER)
        printf("  %s: %s %ld\n", doing, becomes, value.integer);
    else
        printf("  %s: %s None\n", doing, becomes);
}

static void show_send(struct gen *gen, struct value value)
{
    char doing[32] = "send None";

    if (value.tag == INTEGER)
        snprintf(doing, sizeof doing, "send %ld", value.integer);
    else if (value.tag == ERROR)
        snprintf(doing, sizeof doing, "send an error");
    value = gen_send(gen, value);
    show(doing, gen_outcome(gen, value) == YIELDED ? "yields" : "returns", value);
}

static void show_throw(struct gen *gen, int code, const char *message)
{
    char doing[32];
    struct value value = gen_throw(gen, error(code, message));

    snprintf(doing, sizeof doing, "throw %s", error_name(code));
    show(doing, gen_outcome(gen, value) == YIELDED ? "yields" : "returns", value);
}

static void show_close(struct gen *gen)
{
    show("close", "returns", gen_close(gen));
}

static struct value echo_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    for (;;)
        YIELD(GOT, f->got, f->got);
    END
}

static struct value empty_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(integer(7));
    END
}

static struct value fails_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RAISE(error(TYPE_ERROR, "at once"));
    END
}

static bool is_text(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* "finally": what F does before VALUE leaves it. */
static struct value clean_up(const struct frame *f, struct value value)
{
    if (f->n == 0)
        printf("  (bottom cleans up)\n");
    else
        printf("  (level %d cleans up)\n", f->n);
    return value;
}

static struct gen *level(int n, struct gen *inner, const char *manner);

/* Yields what it is sent, until that is 99. Catches a VALUE_ERROR, and ends in its manner. */
static struct value bottom_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, GOT_AFTER_8, GOT_EMPTY, GOT_ECHO, GOT_LEVEL)
    while (f->got.tag == NONE || f->got.integer != 99) {
        YIELD_FINALLY(GOT, f->got, f->got);
        if (f->got.tag == ERROR && f->got.code != VALUE_ERROR)
            break;
        if (f->got.tag == ERROR) {
            printf("  (bottom catches %s)\n", f->got.text);
            f->got = integer(50);
        }
    }
    if (f->got.tag != ERROR)
        RETURN(clean_up(f, integer(100)));
    f->thrown = f->got;
    if (f->thrown.code != GENERATOR_EXIT)
        RAISE(clean_up(f, f->thrown));
    if (is_text(f->manner, "raises"))
        RAISE(clean_up(f, error(TYPE_ERROR, "in the cleanup")));
    if (is_text(f->manner, "raises a GeneratorExit"))
        RAISE(clean_up(f, error(GENERATOR_EXIT, "of its own")));
    if (is_text(f->manner, "returns"))
        RETURN(clean_up(f, integer(7)));
    if (is_text(f->manner, "yields"))
        YIELD_FINALLY(GOT_AFTER_8, f->got, integer(8));
    if (is_text(f->manner, "delegates to one that returns")) {
        YIELD_FROM(GOT_EMPTY, f->got, generator(&make("empty", empty_body)->gen));
        printf("  (bottom gets %ld)\n", f->got.integer);
    }
    if (is_text(f->manner, "delegates to one that yields"))
        YIELD_FROM_FINALLY(GOT_ECHO, f->got, generator(&make("echo", echo_body)->gen));
    if (is_text(f->manner, "delegates to one that delegates to one that yields"))
        YIELD_FROM_FINALLY(GOT_LEVEL, f->got,
                           generator(level(9, &make("echo", echo_body)->gen, NULL)));
    RAISE(clean_up(f, f->got.tag == ERROR ? f->got : f->thrown));
    END
}

static void say_got(const struct frame *f)
{
    if (f->got.tag == NONE)
        printf("  (level %d gets None)\n", f->n);
    else
        printf("  (level %d gets %ld)\n", f->n, f->got.integer);
}

/* Delegates to the one that it has been given. May catch what that raises. */
static struct value level_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, GOT_MORE)
    YIELD_FROM_FINALLY(GOT, f->got, give(f, 0));
    if (f->got.tag != ERROR) {
        say_got(f);
        RETURN(clean_up(f, integer(f->n)));
    }
    if (f->manner == NULL || (f->got.code != TYPE_ERROR && f->got.code != RUNTIME_ERROR))
        RAISE(clean_up(f, f->got));
    printf("  (level %d catches %s %s)\n", f->n, error_name(f->got.code), f->got.text);
    if (is_text(f->manner, "returns"))
        RETURN(clean_up(f, integer(10 * f->n)));
    if (!is_text(f->manner, "yields"))
        RAISE(clean_up(f, error(VALUE_ERROR, "instead")));
    YIELD_FINALLY(GOT_MORE, f->got, integer(10 * f->n));
    if (f->got.tag == ERROR)
        RAISE(clean_up(f, f->got));
    say_got(f);
    RETURN(clean_up(f, integer(10 * f->n + 1)));
    END
}

static struct gen *level(int n, struct gen *inner, const char *manner)
{
    struct frame *f = make("level", level_body);

    f->n = n;
    f->others[0] = inner;
    f->manner = manner;
    return &f->gen;
}

static struct gen *bottom(const char *manner)
{
    struct frame *f = make("bottom", bottom_body);

    f->manner = manner;
    return &f->gen;
}

static struct gen *levels(int depth, const char *manner, const char *catches)
{
    struct gen *gen = bottom(manner);

    for (int n = 1; n <= depth; n++)
        gen = level(n, gen, n == depth ? catches : NULL);
    return gen;
}

static struct gen *begin(int depth, const char *manner, const char *catches)
{
    struct gen *gen = levels(depth, manner, catches);

    show_send(gen, none());
    return gen;
}

static struct gen *echo(void)
{
    return &make("echo", echo_body)->gen;
}

static struct gen *empty(void)
{
    return &make("empty", empty_body)->gen;
}

/* Delegates twice, one after the other. */
static struct value twice_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT_FIRST, GOT_SECOND)
    YIELD_FROM(GOT_FIRST, f->got, give(f, 0));
    printf("  (first: %ld)\n", f->got.integer);
    YIELD_FROM(GOT_SECOND, f->got, give(f, 1));
    printf("  (second: %ld)\n", f->got.integer);
    RETURN(integer(2));
    END
}

static struct gen *twice(struct gen *first, struct gen *second)
{
    struct frame *f = make("twice", twice_body);

    f->others[0] = first;
    f->others[1] = second;
    return &f->gen;
}

static struct value operand_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD_FROM_CATCH(GOT, f->got, error(VALUE_ERROR, "no operand"));
    printf("  (caught: %s)\n", f->got.text);
    RETURN(integer(8));
    END
}

static struct value myself_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD_FROM_CATCH(GOT, f->got, generator(gen));
    printf("  (caught: %s)\n", f->got.text);
    RETURN(integer(8));
    END
}

/* Resumes the generators that delegate to it while it runs. */
static struct value resumes_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    for (;;) {
        show_send(outer, none());
        show_close(outer);
        show_send(middle, none());
        show_close(middle);
        YIELD(GOT, f->got, integer(1));
    }
    END
}

static void test_depth(int depth)
{
    static const char *const catches[] = {"returns", "yields", "raises"};
    struct gen *g;

    printf("%d deep: send, throw what is caught inside, return\n", depth);
    g = begin(depth, "", NULL);
    show_send(g, integer(2));
    show_throw(g, VALUE_ERROR, "thrown");
    show_send(g, integer(3));
    show_send(g, integer(99));
    show_send(g, none());
    gen_free(g);

    printf("%d deep: throw what nobody catches\n", depth);
    g = begin(depth, "", NULL);
    show_throw(g, TYPE_ERROR, "thrown");
    show_send(g, none());
    gen_free(g);

    for (int i = 0; i < 3; i++) {
        printf("%d deep: the outermost catches what is thrown, and %s\n", depth, catches[i]);
        g = begin(depth, "", catches[i]);
        show_throw(g, TYPE_ERROR, "thrown");
        show_send(g, integer(4));
        gen_free(g);
    }

    printf("%d deep: close before the start\n", depth);
    g = levels(depth, "", NULL);
    show_close(g);
    show_send(g, none());
    gen_free(g);

    printf("%d deep: a first send of something, a throw\n", depth);
    g = levels(depth, "", NULL);
    show_send(g, integer(1));
    show_throw(g, VALUE_ERROR, "early");
    gen_free(g);

    printf("%d deep: freed where it paused\n", depth);
    gen_free(begin(depth, "", NULL));
}

static void test_close(int depth)
{
    static const char *const manners[] = {
        "passes it on",
        "raises",
        "raises a GeneratorExit",
        "returns",
        "yields",
        "delegates to one that returns",
        "delegates to one that yields",
        "delegates to one that delegates to one that yields",
    };
    struct gen *g;

    for (int i = 0; i < 8; i++) {
        printf("%d deep: close; the bottom %s\n", depth, manners[i]);
        g = begin(depth, manners[i], NULL);
        show_close(g);
        show_send(g, none());
        gen_free(g);

        printf("%d deep: throw GeneratorExit; the bottom %s\n", depth, manners[i]);
        g = begin(depth, manners[i], NULL);
        show_throw(g, GENERATOR_EXIT, "why");
        show_send(g, none());
        gen_free(g);
    }
    for (int i = 0; i < 4; i++) {
        const char *manner = i < 2 ? "raises" : "yields";
        const char *catches = i % 2 == 0 ? "returns" : "yields";

        printf("%d deep: close; the bottom %s, the outermost catches, and %s\n", depth, manner,
               catches);
        g = begin(depth, manner, catches);
        show_close(g);
        show_send(g, none());
        gen_free(g);
    }
}

static void test_begun(void)
{
    struct gen *g;

    printf("delegates to one that has ended\n");
    g = empty();
    show_send(g, none());
    g = level(1, g, NULL);
    show_send(g, none());
    gen_free(g);

    printf("delegates to one that was closed before its start\n");
    g = bottom("");
    show_close(g);
    g = level(1, g, NULL);
    show_send(g, none());
    gen_free(g);

    printf("delegates to one that has begun\n");
    g = echo();
    show_send(g, none());
    show_send(g, integer(1));
    g = level(1, g, NULL);
    show_send(g, none());
    show_send(g, integer(2));
    show_throw(g, TYPE_ERROR, "thrown");
    gen_free(g);

    printf("delegates to one that has begun, and delegates\n");
    g = begin(2, "", NULL);
    show_send(g, integer(1));
    g = level(3, g, NULL);
    show_send(g, none());
    show_send(g, integer(2));
    show_send(g, integer(99));
    gen_free(g);

    printf("delegates to one that has begun, and delegates; closed\n");
    g = begin(2, "", NULL);
    g = level(4, level(3, g, NULL), NULL);
    show_send(g, none());
    show_close(g);
    gen_free(g);
}

static void test_as_python(void)
{
    struct gen *g;

    for (int depth = 1; depth <= 3; depth++)
        test_depth(depth);
    for (int depth = 1; depth <= 2; depth++)
        test_close(depth);

    printf("delegates to one that returns at once, and then to one that raises at once\n");
    g = twice(empty(), &make("fails", fails_body)->gen);
    show_send(g, none());
    show_send(g, none());
    gen_free(g);

    test_begun();

    printf("delegates one after the other, to several\n");
    g = twice(levels(2, "", NULL), twice(empty(), levels(1, "", NULL)));
    show_send(g, none());
    show_send(g, integer(99));
    show_send(g, integer(5));
    show_send(g, integer(99));
    gen_free(g);

    printf("the operand is an error\n");
    g = &make("operand", operand_body)->gen;
    show_send(g, none());
    gen_free(g);

    printf("delegates to itself\n");
    g = &make("myself", myself_body)->gen;
    show_send(g, none());
    gen_free(g);

    printf("resumes who delegates to it\n");
    middle = level(1, &make("resumes", resumes_body)->gen, NULL);
    outer = level(2, middle, NULL);
    show_send(outer, none());
    show_close(outer);
    gen_free(outer);
}

/* Delegates to what it has in GOT. */
static struct value to_value_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD_FROM(GOT, f->got, f->got);
    RETURN(f->got);
    END
}

static struct gen *to_value(struct value value)
{
    struct frame *f = make("to_value", to_value_body);

    f->got = value;
    return &f->gen;
}

/* Throws into those that delegate to it while it runs. */
static struct value throws_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    show_throw(outer, VALUE_ERROR, "no");
    show_throw(middle, GENERATOR_EXIT, "no");
    YIELD(GOT, f->got, integer(1));
    RETURN(none());
    END
}

/* CPython lets anybody resume a generator behind the back of its delegator, as long as it pauses.
 * Here it is refused, for its frame belongs to the delegator. */
static void test_behind_the_back(void)
{
    struct gen *inner, *g;

    printf("resumed behind the back of its delegator\n");
    inner = echo();
    middle = level(1, inner, NULL);
    g = level(2, middle, NULL);
    show_send(g, none());
    show_send(inner, integer(1));
    show_throw(inner, TYPE_ERROR, "no");
    show_close(inner);
    show_send(middle, integer(1));
    show_throw(middle, TYPE_ERROR, "no");
    show_close(middle);
    show_send(g, integer(2));

    printf("delegated to by a second one, which is refused\n");
    outer = to_value(generator(inner));
    show_send(outer, none());
    gen_free(outer);
    outer = to_value(generator(middle));
    show_send(outer, none());
    gen_free(outer);
    show_send(g, integer(3));
    gen_free(g);

    printf("throws into who delegates to it\n");
    middle = level(1, &make("throws", throws_body)->gen, NULL);
    outer = level(2, middle, NULL);
    show_send(outer, none());
    show_send(outer, none());
    gen_free(outer);
}

static void test_operands(void)
{
    struct gen *g;

    printf("awaits what cannot be awaited\n");
    for (int i = 0; i < 3; i++) {
        g = to_value(i == 0 ? none() : i == 1 ? integer(5) : text("five"));
        show_send(g, none());
        show_send(g, none());
        gen_free(g);
    }

    printf("is thrown what is no error\n");
    g = begin(1, "", NULL);
    show("throw 5", "returns", gen_throw(g, integer(5)));
    show_send(g, integer(1));
    gen_free(g);
}

static void test_sent_errors(void)
{
    struct gen *g;

    printf("is sent an error: as if it were thrown\n");
    g = begin(2, "", "returns");
    show_send(g, error(VALUE_ERROR, "sent"));
    show_send(g, error(TYPE_ERROR, "sent"));
    gen_free(g);

    printf("is sent a GeneratorExit: those inside are closed\n");
    g = begin(2, "returns", NULL);
    show_send(g, error(GENERATOR_EXIT, "sent"));
    gen_free(g);
}

static void test_drops(void)
{
    struct gen *g;

    names_dropped = true;
    printf("freed before its start\n");
    gen_free(levels(2, "", NULL));

    printf("freed where it paused\n");
    gen_free(begin(2, "", NULL));

    printf("freed where it paused; the bottom raises, the outermost catches, and returns\n");
    gen_free(begin(2, "raises", "returns"));

    printf("freed where it paused; the bottom yields\n");
    gen_free(begin(2, "yields", NULL));

    printf("each is dropped when it has ended, and not later\n");
    g = begin(2, "", NULL);
    show_send(g, integer(99));
    gen_free(g);

    printf("closed, then freed\n");
    g = begin(2, "", NULL);
    show_close(g);
    gen_free(g);

    printf("a chain is yielded, and nobody wants it\n");
    value_drop(generator(begin(1, "", NULL)));
}

/* --- a chain that is closed, and meddles with those that delegate to it */

static struct value kept_outer,
    kept_middle;                     /* values that hand them on, made when that was right */
static const char *where_freed = ""; /* where the outermost is freed: the program must stop */

static bool is_refused(struct value value)
{
    return value.tag == ERROR && value.code == VALUE_ERROR;
}

/* Resumes GEN, throws into it, closes it, and hands it on. Returns how much of that is refused. */
static int meddle_with(struct gen *gen)
{
    return is_refused(gen_send(gen, none())) + is_refused(gen_throw(gen, error(TYPE_ERROR, "no"))) +
           is_refused(gen_close(gen)) + is_refused(generator(gen));
}

static void meddle(const char *where)
{
    printf("  (%s meddles with the outermost: %d of 4 are refused)\n", where, meddle_with(outer));
    if (is_text(where_freed, where))
        gen_free(outer);
}

static void meddling_drop(struct gen *gen)
{
    meddle(is_text(gen->name, "first") ? "dropped" : "dropped second");
    drop(gen);
}

/* The innermost, whose cleanup is the first. */
static struct value first_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, GOT_OUTER, GOT_MIDDLE)
    YIELD_FINALLY(GOT, f->thrown, integer(1));
    meddle("first");
    printf("  (and with its delegator: %d)\n", meddle_with(middle));
    YIELD_FROM_CATCH(GOT_OUTER, f->got, kept_outer);
    printf("  (first delegates to the outermost: %s)\n", f->got.text);
    YIELD_FROM_CATCH(GOT_MIDDLE, f->got, kept_middle);
    printf("  (first delegates to its delegator: %s)\n", f->got.text);
    if (f->thrown.tag == ERROR)
        RAISE(f->thrown);
    RETURN(f->thrown);
    END
}

/* The one that delegates to it, whose cleanup is the second. */
static struct value second_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, GOT_OUTER)
    YIELD_FROM_FINALLY(GOT, f->thrown, give(f, 0));
    meddle("second");
    YIELD_FROM_CATCH(GOT_OUTER, f->got, kept_outer);
    printf("  (second delegates to the outermost: %s)\n", f->got.text);
    if (f->thrown.tag == ERROR)
        RAISE(f->thrown);
    RETURN(f->thrown);
    END
}

/* Makes the chain, and begins it. */
static void begin_meddlers(void)
{
    struct frame *first = make("first", first_body), *second = make("second", second_body);

    first->gen.drop = second->gen.drop = meddling_drop;
    second->others[0] = &first->gen;
    middle = &second->gen;
    kept_middle = generator(middle);
    outer = level(3, middle, NULL);
    kept_outer = generator(outer);
    show_send(outer, none());
}

static void test_meddlers(void)
{
    printf("closed: those inside meddle with those outside, and are refused\n");
    begin_meddlers();
    show_close(outer);
    gen_free(outer);

    printf("freed: the same\n");
    begin_meddlers();
    gen_free(outer);

    printf("they end by themselves: the same\n");
    begin_meddlers();
    show_send(outer, integer(5));
    gen_free(outer);
}

/* What is delegated to is NULL, or runs already. */
static void test_no_generator(void)
{
    struct gen *g = to_value(generator(NULL));
    struct value kept;

    printf("there is no memory for what is awaited\n");
    printf("  raises %s\n", gen_send(g, none()).text);
    gen_free(g);

    printf("delegates to one that another delegates to\n");
    g = echo();
    kept = generator(g);
    outer = level(1, g, NULL);
    show_send(outer, none());
    g = to_value(kept);
    show_send(g, none());
    gen_free(g);
    show_send(outer, integer(2));
    gen_free(outer);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 1) {
        test_as_python();
    } else if (strcmp(argv[1], "own") == 0) {
        test_behind_the_back();
        test_operands();
        test_sent_errors();
        test_drops();
        names_dropped = false;
        test_meddlers();
        test_no_generator();
    } else {
        where_freed = argv[1];
        begin_meddlers();
        show_close(outer);
    }
    if (n_made != n_dropped)
        printf("FAILED: %d frames were made, and %d dropped\n", n_made, n_dropped);
    return 0;
}
