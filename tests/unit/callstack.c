/* callstack.c - tests of the call stack (step 4): chains driven by hand. Prints what happens; takes
 * the name of what stops the program. */
#define _POSIX_C_SOURCE 200809L

#include "callstack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A generator at some depth: calls the next one, down to the bottom, which yields a text. */
struct level {
    struct gen gen;
    int depth;
    int catches; /* the depth at which an error is caught */
    struct value got;
};

static int n_made, n_dropped;

static struct value make_level(int depth, int catches);

static struct value level_body(struct gen *gen, struct value sent)
{
    struct level *f = (struct level *)gen;

    BEGIN(GOT, GOT_ALSO)
    if (f->depth < 3)
        YIELD_FINALLY(GOT, f->got, make_level(f->depth + 1, f->catches));
    else
        YIELD_FINALLY(GOT_ALSO, f->got, text("from the bottom"));
    printf("  level %d cleans up\n", f->depth);
    if (f->got.tag == ERROR && f->depth == f->catches)
        RETURN(text("caught"));
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(f->got);
    END
}

static void level_drop(struct gen *gen)
{
    n_dropped++;
    printf("  level %d is dropped\n", ((struct level *)gen)->depth);
}

static struct value make_level(int depth, int catches)
{
    struct level *f = gen_new(sizeof *f, "level", level_body, level_drop);

    if (f == NULL)
        exit(1);
    n_made++;
    f->depth = depth;
    f->catches = catches;
    return generator(&f->gen);
}

/* Yields itself, and returns what comes of that. */
static struct value ouroboros_body(struct gen *gen, struct value sent)
{
    struct level *f = (struct level *)gen;

    BEGIN(GOT)
    YIELD(GOT, f->got, generator(gen));
    RETURN(f->got);
    END
}

static void begin(struct callstack *stack, const char *what, int catches)
{
    printf("%s\n", what);
    callstack_push(stack, make_level(1, catches).gen);
}

static void report(const struct callstack *stack, struct value value)
{
    printf("  %s%s: %s\n", stack->top == NULL ? "finished" : "goes on",
           value.tag == ERROR ? " with an error" : "", value.tag == NONE ? "none" : value.text);
}

/* Resumes and closes its caller, and hands on what it was given: all of that is refused. */
struct meddler {
    struct gen gen;
    struct gen *first;
    struct value other, got;
};

static void say_refused(const char *what, struct value value)
{
    printf("  %s: %s\n", what, value.tag == ERROR ? value.text : "FAILED: it is not refused");
}

static struct value meddler_body(struct gen *gen, struct value sent)
{
    struct meddler *f = (struct meddler *)gen;

    BEGIN(GOT, GOT_MORE)
    say_refused("its caller is sent something", gen_send(f->first, none()));
    say_refused("its caller is thrown something", gen_throw(f->first, error(VALUE_ERROR, "no")));
    say_refused("its caller is closed", gen_close(f->first));
    say_refused("its caller is handed on", generator(f->first));
    YIELD_CATCH(GOT, f->got, f->other);
    say_refused("one that is on a stack is called", f->got);
    YIELD(GOT_MORE, f->got, text("all was refused"));
    RETURN(text("goes on as before"));
    END
}

static void meddler_drop(struct gen *gen)
{
    say_refused("while it is dropped", gen_send(((struct meddler *)gen)->first, none()));
}

/* Calls the meddler that it has been given. */
static struct value calls_body(struct gen *gen, struct value sent)
{
    struct meddler *f = (struct meddler *)gen;

    BEGIN(GOT)
    YIELD(GOT, f->got, f->other);
    RETURN(f->got);
    END
}

static void test_meddler(void)
{
    struct callstack stack = {.top = NULL}, other = {.top = NULL};
    struct meddler *first = gen_new(sizeof *first, "first", calls_body, NULL);
    struct meddler *second = gen_new(sizeof *second, "second", meddler_body, meddler_drop);

    if (first == NULL || second == NULL)
        exit(1);
    begin(&other, "a generator that meddles with its caller, and with another stack", 0);
    second->first = &first->gen;
    second->other = generator(other.top);
    first->other = generator(&second->gen);
    report(&other, callstack_send(&other, none()));
    callstack_push(&stack, &first->gen);
    report(&stack, callstack_send(&stack, none()));
    report(&stack, callstack_send(&stack, none()));
    report(&other, callstack_send(&other, text("the other stack, too")));
}

/* Where it has ended before, or has begun, when it is called. */
static void test_begun(void)
{
    struct callstack stack = {.top = NULL};
    struct meddler *first = gen_new(sizeof *first, "first", calls_body, NULL);
    struct gen *called = make_level(3, 0).gen;

    if (first == NULL)
        exit(1);
    printf("one is called that has ended\n");
    gen_close(called);
    first->other = generator(called);
    callstack_push(&stack, &first->gen);
    report(&stack, callstack_send(&stack, none()));
}

static struct callstack stopped;

static struct value ends_its_stack(struct gen *gen, struct value sent)
{
    BEGIN()
    callstack_free(&stopped);
    RETURN(none());
    END
}

static void misuse(const char *how)
{
    struct callstack other = {.top = NULL};
    struct gen *gen = gen_new(sizeof(struct meddler), "calls", calls_body, NULL);
    struct gen *ends = gen_new(sizeof *ends, "ends_its_stack", ends_its_stack, NULL);

    if (gen == NULL || ends == NULL)
        exit(2);
    callstack_push(&stopped, gen);
    if (strcmp(how, "two_stacks") == 0)
        callstack_push(&other, gen);
    if (strcmp(how, "twice") == 0)
        callstack_push(&stopped, gen);
    if (strcmp(how, "frees_caller") == 0) {
        callstack_push(&stopped, ends);
        gen_free(gen);
    }
    if (strcmp(how, "ends_its_stack") == 0) {
        ((struct meddler *)gen)->other = generator(ends);
        callstack_send(&stopped, none());
    }
    printf("FAILED: the program goes on\n");
    exit(0);
}

int main(int argc, char **argv)
{
    struct callstack stack = {.top = NULL};

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1)
        misuse(argv[1]);
    begin(&stack, "three levels, a result", 0);
    report(&stack, callstack_send(&stack, none()));
    report(&stack, callstack_send(&stack, text("a result")));
    report(&stack, callstack_send(&stack, text("to nobody")));

    begin(&stack, "three levels, an error that nobody catches", 0);
    report(&stack, callstack_send(&stack, none()));
    report(&stack, callstack_send(&stack, error(502, "an error")));

    begin(&stack, "three levels, an error that the second catches", 2);
    report(&stack, callstack_send(&stack, none()));
    report(&stack, callstack_send(&stack, error(502, "an error")));

    begin(&stack, "three levels, ended half-way", 0);
    report(&stack, callstack_send(&stack, none()));
    callstack_free(&stack);

    begin(&stack, "ended before the start", 0);
    callstack_free(&stack);

    printf("a generator that calls itself\n");
    callstack_push(&stack, gen_new(sizeof(struct level), "ouroboros", ouroboros_body, NULL));
    report(&stack, callstack_send(&stack, none()));

    test_meddler();
    test_begun();

    printf("%d made, %d dropped\n", n_made, n_dropped);
    return 0;
}
