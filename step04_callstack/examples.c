/* examples.c - demos of the call stack alone, without a server around it. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"

#include <stdio.h>

#include "callstack.h"
#include "support/story.h"

/* For demos, in which lack of memory is no subject. */
static void *made(void *gen)
{
    if (gen == NULL)
        die("out of memory");
    return gen;
}

/* The article's request: yields an iojob, and returns what comes of it. */
struct request {
    struct gen gen;
    char url[64];
    struct value got;
};

static struct value request_body(struct gen *gen, struct value sent)
{
    struct request *f = (struct request *)gen;

    BEGIN(GOT_RESULT)
    YIELD(GOT_RESULT, f->got, text(f->url));
    RETURN(f->got);
    END
}

static struct value request(const char *path)
{
    struct request *f = made(gen_new(sizeof *f, "request", request_body, NULL));

    snprintf(f->url, sizeof f->url, "http://test.com/%s", path);
    return generator(&f->gen);
}

struct func2 {
    struct gen gen;
    const char *data;
    struct value got;
};

static struct value func2_body(struct gen *gen, struct value sent)
{
    struct func2 *f = (struct func2 *)gen;

    BEGIN(GOT_RESULT)
    YIELD(GOT_RESULT, f->got, request(f->data));
    RETURN(f->got);
    END
}

static struct value func2(const char *data)
{
    struct func2 *f = made(gen_new(sizeof *f, "func2", func2_body, NULL));

    f->data = data;
    return generator(&f->gen);
}

struct func1 {
    struct gen gen;
    struct value got;
};

static struct value func1_body(struct gen *gen, struct value sent)
{
    struct func1 *f = (struct func1 *)gen;

    BEGIN(GOT_DATA, GOT_RESULT)
    YIELD(GOT_DATA, f->got, request("foo"));
    YIELD(GOT_RESULT, f->got, func2(f->got.text));
    RETURN(f->got);
    END
}

static void draw_from_below(const struct gen *gen)
{
    if (gen == NULL)
        return;
    draw_from_below(gen->caller);
    say(" | %s", gen->name);
}

static void draw(const struct callstack *stack, const char *what, const struct gen *gen)
{
    char action[32];

    snprintf(action, sizeof action, "%s %s", what, gen->name);
    say("    %-14s", action);
    draw_from_below(stack->top);
    say(stack->top == NULL ? " (empty)\n" : "\n");
}

void show_stack(void)
{
    struct callstack stack = {.show = draw};
    struct value value;

    say("stack: func1 calls request, then func2, which calls request; driven by hand\n\n");
    callstack_push(&stack, made(gen_new(sizeof(struct func1), "func1", func1_body, NULL)));
    say("  send none\n");
    value = callstack_send(&stack, none());
    say("iojob of %s\n", value.text);
    say("  send bar\n");
    value = callstack_send(&stack, text("bar"));
    say("iojob of %s\n", value.text);
    say("  send barz\n");
    value = callstack_send(&stack, text("barz"));
    if (stack.top == NULL && value.tag == TEXT)
        say("finished\n\n"
            "  The first one returned %s. Whoever drives a chain sends to the stack, and\n"
            "  never learns how many generators there are.\n\n",
            value.text);
}

/* Adds N ones by recursion: each call is a generator on the heap, not a frame of the C stack. */
struct add {
    struct gen gen;
    long n;
    struct value below;
};

static struct value add_up(long n);

static struct value add_body(struct gen *gen, struct value sent)
{
    struct add *f = (struct add *)gen;

    BEGIN(GOT_REST, GOT_NUDGE)
    if (f->n > 0) {
        YIELD(GOT_REST, f->below, add_up(f->n - 1));
        RETURN(integer(1 + f->below.integer));
    }
    YIELD(GOT_NUDGE, f->below, text("at the bottom"));
    RETURN(integer(0));
    END
}

static struct value add_up(long n)
{
    struct add *f = gen_new(sizeof *f, "add", add_body, NULL);

    if (f == NULL)
        return error(503, "out of memory");
    f->n = n;
    return generator(&f->gen);
}

void show_deep(void)
{
    enum { DEPTH = 1000000 };
    struct callstack stack = {.top = NULL};
    struct value value = add_up(DEPTH);

    say("deep: a generator that calls itself, to add 1 + 1 + ..., %d times\n\n", DEPTH);
    if (value.tag == ERROR)
        die("%s", value.text);
    callstack_push(&stack, value.gen);
    value = callstack_send(&stack, none());
    if (value.tag == ERROR)
        die("%s", value.text);
    say("    %d calls deep, it pauses %s, and is sent on\n", DEPTH, value.text);
    value = callstack_send(&stack, none());
    say("    it returns %ld\n\n", value.integer);
    say("  The frames are on the heap, and the C stack never holds more than one body.\n\n");
}
