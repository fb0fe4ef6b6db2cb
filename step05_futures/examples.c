/* examples.c - demos of futures and of delegation alone, without a server around them. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"

#include <stdio.h>
#include <string.h>

#include "future.h"
#include "gen.h"
#include "loop.h"
#include "support/story.h"

/* For demos, in which lack of memory is no subject. */
static void *made(void *gen)
{
    if (gen == NULL)
        die("out of memory");
    return gen;
}

/* Fills a future, and says whether that was taken. */
static void fill(struct future *future, long n)
{
    struct value refused = future_set_result(future, integer(n));

    if (refused.tag == ERROR)
        say("  filled with %ld: refused, %s\n", n, refused.text);
    else
        say("  filled with %ld\n", n);
}

/* One that waits for a future. */
struct waiter {
    struct soon soon;
    const char *name;
    struct future *future;
};

static void hear(void *arg)
{
    struct waiter *waiter = arg;
    struct value result = future_result(waiter->future);

    if (result.tag == ERROR)
        say("    %s hears: %s\n", waiter->name, result.text);
    else
        say("    %s hears: %ld\n", waiter->name, result.integer);
}

static void wait_for(struct waiter *waiter, const char *name, struct future *future)
{
    *waiter =
        (struct waiter){.soon = {.call = hear, .arg = waiter}, .name = name, .future = future};
    future_add_done_callback(future, &waiter->soon);
    say("  %s waits for it\n", name);
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop();
}

/* Lets the loop turn, once. */
static void turn(void)
{
    static struct soon last = {.call = stop};

    say("  the loop turns\n");
    loop_call_soon(&last);
    loop_run();
}

static void stop_work(struct future *future)
{
    (void)future;
    say("  whoever should fill it is told to stop\n");
}

void show_future(void)
{
    struct future *future = made(future_new(sizeof *future, stop_work));
    struct waiter first, second, third;

    say("future: a placeholder's life, by hand\n\n");
    loop_open();
    say("  a future is made; its result: %s\n", future_result(future).text);
    wait_for(&first, "A", future);
    wait_for(&second, "B", future);
    fill(future, 42);
    turn();
    wait_for(&third, "C", future);
    turn();
    fill(future, 43);
    future_unref(future);

    future = made(future_new(sizeof *future, stop_work));
    say("  another future is made\n");
    wait_for(&first, "A", future);
    say("  it is cancelled\n");
    future_cancel(future);
    turn();
    future_unref(future);
    loop_close();
    say("\n  Filling it calls nobody: those who wait are put on the ready list, in the\n"
        "  order in which they came, and the loop calls them.\n\n");
}

/* The article's request: a future of what is found at a URL. Here it is filled by hand. */
struct page {
    struct future future;
    char url[64];
};

static struct value request(const char *path)
{
    struct page *page = made(future_new(sizeof *page, NULL));

    snprintf(page->url, sizeof page->url, "http://test.com/%s", path);
    return future(&page->future);
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
    YIELD_FROM(GOT_RESULT, f->got, request(f->data));
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
    YIELD_FROM(GOT_DATA, f->got, request("foo"));
    YIELD_FROM(GOT_RESULT, f->got, func2(f->got.text));
    RETURN(f->got);
    END
}

/* Sends SENT to G, and says what comes out, and who has paused. */
static void send(struct gen *g, struct value sent)
{
    struct value value = gen_send(g, sent);

    if (sent.tag == TEXT)
        say("  g.send(\"%s\")\n", sent.text);
    else
        say("  g.send(None)\n");
    if (gen_outcome(g, value) == RETURNED) {
        say("    StopIteration: %s\n", value.text);
    } else {
        say("    future of %s, from %s\n", ((struct page *)value.future)->url, g->innermost->name);
        value_drop(value);
    }
}

void show_yieldfrom(void)
{
    struct gen *g = made(gen_new(sizeof(struct func1), "func1", func1_body, NULL));

    say("yieldfrom: func1 asks for a page, then delegates to func2, which asks again\n\n");
    send(g, none());
    send(g, text("bar"));
    send(g, text("barz"));
    gen_free(g);
    say("\n  One generator was sent to, and func2 was entered and left by itself: what step\n"
        "  4 did with a stack outside, YIELD_FROM does inside.\n\n");
}

/* Three generators, each delegating to the next. */
struct level {
    struct gen gen;
    struct value got;
};

static struct value level(const char *name, gen_body *body)
{
    return generator(made(gen_new(sizeof(struct level), name, body, NULL)));
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
            RETURN(f->got.tag == ERROR ? f->got : text("inner's result"));
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
    RETURN(f->got.tag == ERROR ? f->got : text("middle's result"));
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

void show_pep380(void)
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

/* Adds 1 to N by recursion: each call is a generator on the heap, not a frame of the C stack. */
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
        YIELD_FROM(GOT_REST, f->below, add_up(f->n - 1));
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
    struct value value = add_up(DEPTH);
    struct gen *g;

    say("deep: a generator that calls itself, to add 1 + 1 + ..., %d times\n\n", DEPTH);
    if (value.tag == ERROR)
        die("%s", value.text);
    g = value.gen;
    value = gen_send(g, none());
    if (value.tag == ERROR)
        die("%s", value.text);
    say("    %d calls deep, it pauses %s, and is sent on\n", DEPTH, value.text);
    value = gen_send(g, none());
    gen_free(g);
    say("    it returns %ld\n\n", value.integer);
    say("  The frames are on the heap, and the C stack never holds more than one body.\n\n");
}
