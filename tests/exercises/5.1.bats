#!/usr/bin/env bats
# Exercise 5.1: a route /slow, whose handler keeps a text over a sleep.

load exercise

# Builds the step, and a program that drives handlers of /slow by hand, without a loop: no timer is
# due and no call begins. It fills the futures instead, and holds a reference to each, to see who
# else does. A sleep of 100 ms is known by its timer.
setup_file() {
    build_step && build_test -Dcalloc=my_calloc <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "app.h"
#include "future.h"
#include "loop.h"
#include "request.h"
#include "story.h"
#include "timer.h"
#include "slot.h"

static const struct service service = {.host = "api"};
static bool memory_is_out;

/* With which futures are made. */
void *my_calloc(size_t n, size_t size)
{
    void *memory = memory_is_out ? NULL : malloc(n * size);

    if (memory != NULL)
        memset(memory, 0, n * size);
    return memory;
}

/* Ends the test, with what was wrong. */
#define WRONG(...) (printf(__VA_ARGS__), printf("\n"), fflush(stdout), _Exit(1))

/* A handler, and what advance() of driver.c would hold for it. */
struct chain {
    const char *name;
    struct gen *handler;
    struct future *future; /* what it awaits */
    struct future *call;   /* to which we hold a reference as well */
};

/* What a handler awaits that has just begun to. */
static const char *awaited(void)
{
    int ms = timer_next();

    return ms == -1 ? "what request() has not made" : ms > 100000 ? "a call of the API"
           : ms > 50000 ? "a sleep of 100 ms" : "a shorter sleep";
}

/* Sends SENT to CHAIN, which must await WHAT then. */
static void awaits(struct chain *chain, struct value sent, const char *what)
{
    struct value value = gen_send(chain->handler, sent);

    if (gen_outcome(chain->handler, value) != YIELDED || value.tag != FUTURE)
        WRONG("Handler %s should await %s, and has ended.", chain->name, what);
    if (strcmp(awaited(), what) != 0)
        WRONG("Handler %s should await %s, and awaits %s.", chain->name, what, awaited());
    future_unref(chain->future); /* not before, as in advance() */
    chain->future = value.future;
}

/* Fills what CHAIN awaits in the place of the timer or of the network, which hear no more of it. */
static struct value fill(struct chain *chain, struct value result)
{
    void (*stop)(struct future *) = chain->future->stop;

    chain->future->stop = NULL;
    stop(chain->future);
    if (timer_next() != -1)
        WRONG("Handler %s has begun something before its time: %s.", chain->name, awaited());
    future_set_result(chain->future, result);
    return result;
}

static void begins(struct chain *chain)
{
    handler *handle = get_handler("/slow");

    if (handle == NULL)
        WRONG("There is no route /slow.");
    chain->handler = handle(1);
    awaits(chain, none(), "a sleep of 100 ms");
}

static void calls(struct chain *chain)
{
    awaits(chain, fill(chain, none()), "a call of the API");
    chain->call = future_ref(chain->future);
}

/* The API answers CHAIN with WORD, which lives as long as anybody else refers to the call. */
static void hears(struct chain *chain, char *word)
{
    awaits(chain, fill(chain, text(word)), "a sleep of 100 ms");
    if (chain->call->references == 1)
        strcpy(word, "gone");
}

/* CHAIN must end with WORD. */
static void ends(struct chain *chain, const char *word)
{
    struct value value = gen_send(chain->handler, fill(chain, none()));

    if (gen_outcome(chain->handler, value) != RETURNED || value.tag != TEXT)
        WRONG("Handler %s should return a text, and does not.", chain->name);
    if (strcmp(value.text, word) != 0)
        WRONG("Handler %s should return the text that it got, \"%s\". It returns \"%s\".",
              chain->name, word, value.text);
}

/* CHAIN is freed, wherever it is. */
static void is_freed(struct chain *chain, const char *where)
{
    gen_free(chain->handler);
    future_unref(chain->future);
    if (chain->call != NULL && chain->call->references != 1)
        WRONG("A handler that is closed %s leaves its call with %d references, but nobody is there "
              "to give them back.", where, chain->call->references - 1);
    future_unref(chain->call);
    *chain = (struct chain){.name = chain->name};
}

static void alone(struct chain *a, struct chain *b)
{
    char word[] = "one..";

    (void)b;
    begins(a);
    calls(a);
    hears(a, word);
    ends(a, "one..");
    is_freed(a, "after its end");
}

static void by_turns(struct chain *a, struct chain *b)
{
    char one[] = "one..", two[] = "two..";

    begins(a);
    calls(a);
    hears(a, one);
    fill(a, none());
    begins(b);
    calls(b);
    hears(b, two);
    fill(b, none());
    for (struct chain *chain = a; chain != NULL; chain = chain == a ? b : NULL) {
        struct value value = gen_send(chain->handler, none());

        if (value.tag != TEXT || strcmp(value.text, chain == a ? "one.." : "two..") != 0)
            WRONG("Handler %s got \"%s\", and returns \"%s\".", chain->name,
                  chain == a ? "one.." : "two..", value.tag == TEXT ? value.text : "");
        is_freed(chain, "after its end");
    }
}

static void closed(struct chain *a, struct chain *b)
{
    char word[] = "one..";

    (void)b;
    begins(a);
    is_freed(a, "in its first sleep");
    begins(a);
    calls(a);
    is_freed(a, "in its call");
    begins(a);
    calls(a);
    hears(a, word);
    is_freed(a, "in its second sleep");
}

static void no_call(struct chain *a, struct chain *b)
{
    struct value value;

    (void)b;
    begins(a);
    fill(a, none());
    memory_is_out = true;
    value = gen_send(a->handler, none());
    memory_is_out = false;
    if (value.tag != ERROR || value.code != 503)
        WRONG("request() has returned the error 503. The handler should raise it, and does not.");
    is_freed(a, "after an error");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct chain *a, struct chain *b);
    } scenes[] = {
        {"alone", alone}, {"by_turns", by_turns}, {"closed", closed}, {"no_call", no_call}};
    struct chain a = {.name = "a"}, b = {.name = "b"};
    struct slot taken = {.taken = false};

    program = "test";
    loop_open();
    api_open(&service, 0);
    slot_open(1);
    if (!slot_take(&taken)) /* so no call gets as far as the API */
        WRONG("There is no turn to take.");
    request_deadline(1000000000);
    story_slowness = 1000;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        if (argc > 1 && strcmp(argv[1], scenes[i].name) == 0)
            scenes[i].run(&a, &b);
    api_close();
    loop_close();
    return 0;
}
EOF
}

@test "/slow answers what the API gave, and others are answered meanwhile" {
    start_serve
    client @a get:/slow @b get:/one recv @a recv
    is "$output" "b: 200 bar
a: 200 bar"
    stop_serve
}

@test "it sleeps, then calls, then sleeps: and the text lives until it is returned" {
    run_test alone
}

@test "two handlers at a time have a text each" {
    run_test by_turns
}

@test "the reference to the call is given back wherever the handler is closed" {
    run_test closed
}

@test "an error in the place of the call is no future: there is nothing to give back" {
    run_test no_call
}

@test "/slow fails when the API does" {
    start_serve --api "127.0.0.1:$("$peer" unused)"
    client get:/slow recv
    is "$output" "me: 502 Bad Gateway"
    stop_serve
}
