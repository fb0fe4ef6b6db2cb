#!/usr/bin/env bats
# Exercise 5.1: a route /slow, whose handler keeps a text over a sleep.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

@test "/slow answers what the API gave" {
    start_serve
    client @a get:/slow @b get:/one recv @a recv
    is "$output" "b: 200 bar
a: 200 bar"
    stop_serve
}

@test "/slow fails when the API does" {
    start_serve --api "127.0.0.1:$("$peer" unused)"
    client get:/slow recv
    is "$output" "me: 502 Bad Gateway"
    stop_serve
}

# Without a loop: no timer is due and no call begins. We fill the futures instead, and hold a
# reference to each, to see who else does; story_slowness makes a sleep of 100 ms last 100 s, by
# which it is known.
@test "two handlers of /slow, driven by turns: sleep, call, sleep, and who keeps the text" {
    build_test <<'EOF'
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "app.h"
#include "future.h"
#include "loop.h"
#include "timer.h"

static const struct service service = {.host = "api"};

/* A handler, and what advance() of server.c would hold for it. */
struct chain {
    const char *name;
    struct gen *handler;
    struct future *future; /* what it awaits */
};

/* Sends SENT to CHAIN, which must await something then: a sleep of 100 ms, or the API. */
static void awaits(struct chain *chain, struct value sent, const char *what)
{
    struct value value = gen_send(chain->handler, sent);
    int ms = timer_next();
    const char *got = ms == -1 ? "nothing" : ms > 100000 ? "the API" : "100 ms";

    if (gen_outcome(chain->handler, value) != YIELDED || value.tag != FUTURE)
        die("%s: expected: it awaits %s, got: the end", chain->name, what);
    if (ms >= 0 && ms <= 50000)
        got = "less than 100 ms";
    if (strcmp(got, what) != 0)
        die("%s: expected: it awaits %s, got: %s", chain->name, what, got);
    future_unref(chain->future); /* not before, as in advance() */
    chain->future = value.future;
}

/* Fills what CHAIN awaits in the place of the timer or of the network, which hear no more of it. */
static struct value fill(struct chain *chain, struct value result)
{
    chain->future->cancel(chain->future);
    if (timer_next() != -1)
        die("%s: has begun something before its time", chain->name);
    future_set_result(chain->future, result);
    return result;
}

static void begins(struct chain *chain)
{
    const struct route *route = get_handler("/slow");

    if (route == NULL)
        die("there is no route /slow");
    chain->handler = route->handler(1);
    awaits(chain, none(), "100 ms");
    awaits(chain, fill(chain, none()), "the API");
}

/* The API answers CHAIN with WORD, which lives as long as anybody refers to the call. */
static struct future *hears(struct chain *chain, char *word)
{
    struct future *call = future_ref(chain->future);

    awaits(chain, fill(chain, text(word)), "100 ms");
    fill(chain, none());
    if (call->references == 1)
        strcpy(word, "gone");
    return call;
}

static void ends(struct chain *chain, struct future *call, const char *word)
{
    struct value value = gen_send(chain->handler, none());

    if (gen_outcome(chain->handler, value) != RETURNED || value.tag != TEXT)
        die("%s: expected: a text, got: none", chain->name);
    if (strcmp(value.text, word) != 0)
        die("%s: expected: %s, got: %s", chain->name, word, value.text);
    gen_free(chain->handler);
    future_unref(chain->future);
    chain->future = NULL;
    if (call->references != 1)
        die("%s: has ended, and its call is still referred to", chain->name);
    future_unref(call);
}

int main(void)
{
    struct chain a = {.name = "a"}, b = {.name = "b"};
    char one[] = "one..", two[] = "two..";
    struct future *call_of_a, *call_of_b;

    program = "by turns";
    loop_open();
    api_open(&service, 0);
    api_set_deadline(1000000000);
    story_slowness = 1000;
    begins(&a);
    call_of_a = hears(&a, one);
    begins(&b);
    call_of_b = hears(&b, two);
    ends(&a, call_of_a, "one..");
    ends(&b, call_of_b, "two..");

    begins(&a); /* and is not let go on */
    call_of_a = future_ref(a.future);
    gen_free(a.handler);
    future_unref(a.future);
    if (call_of_a->references != 1)
        die("a: was closed, and its call is still referred to");
    future_unref(call_of_a);
    loop_close();
    return 0;
}
EOF
    run limited "$test"
    is "$status: $output" "0: "
}
