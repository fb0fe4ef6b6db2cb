/* callstack.c - tests of the call stack (step 4): chains driven by hand. Prints what happens. */
#define _POSIX_C_SOURCE 200809L

#include "callstack.h"

#include <stdio.h>
#include <stdlib.h>

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

int main(void)
{
    struct callstack stack = {.top = NULL};

    setvbuf(stdout, NULL, _IOLBF, 0);
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

    printf("%d made, %d dropped\n", n_made, n_dropped);
    return 0;
}
