#!/usr/bin/env bats
# Exercise 4.2: a route /count, whose handler calls func2 until that fails.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

@test "/count counts the calls that do not fail: foo, bar" {
    start_serve
    client @a get:/count recv @b get:/count @c get:/count recv @b recv
    is "$output" "a: 200 2
c: 200 2
b: 200 2"
    stop_serve
}

@test "/count answers 0 when the first call fails" {
    start_serve --api "127.0.0.1:$("$peer" unused)"
    client get:/count recv
    is "$output" "me: 200 0"
    stop_serve
}

@test "two handlers of /count, driven by turns, each on its own words" {
    build_test <<'EOF'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "callstack.h"
#include "server.h"
#include "story.h"

/* Sends SENT to a chain; it must want to have PATH then. */
static void goes_on(struct callstack *chain, struct value sent, const char *path)
{
    struct value value = callstack_send(chain, sent);

    if (chain->top == NULL || value.tag != IO)
        die("expected: a call for %s, got: the end", path);
    if (strcmp(value.io->path, path) != 0)
        die("expected: a call for %s, got: one for %s", path, value.io->path);
    if (chain->top->caller == NULL || chain->top->caller->caller != NULL)
        die("expected: two generators on the stack at the call for %s", path);
    free(value.io);
}

/* Lets the call of a chain fail; it must answer COUNT then. */
static void fails(struct callstack *chain, const char *count)
{
    struct value value = callstack_send(chain, error(502, "no answer"));
    char number[32] = "neither a text nor an integer";

    if (chain->top != NULL)
        die("expected: %s calls, and then the end; it goes on", count);
    if (value.tag == INTEGER)
        snprintf(number, sizeof number, "%ld", value.integer);
    else if (value.tag == TEXT)
        snprintf(number, sizeof number, "%.20s", value.text);
    if (strcmp(number, count) != 0)
        die("expected: %s, got: %s", count, number);
}

static void begins(struct callstack *chain)
{
    const struct route *route = get_handler("/count");

    if (route == NULL)
        die("there is no route /count");
    callstack_push(chain, route->handler(1));
    goes_on(chain, none(), "/foo");
}

int main(void)
{
    struct callstack a = {.top = NULL}, b = {.top = NULL};
    char word[32], path[64];

    program = "by turns";
    begins(&a);
    begins(&b);
    strcpy(word, "one"); /* which the next word will overwrite, as the server does */
    goes_on(&a, text(word), "/one");
    strcpy(word, "two");
    goes_on(&b, text(word), "/two");
    strcpy(word, "three");
    goes_on(&a, text(word), "/three");
    fails(&b, "1");
    fails(&a, "2");
    begins(&b);
    fails(&b, "0");

    begins(&a);
    for (int i = 1; i <= 100000; i++) {
        snprintf(word, sizeof word, "word%d", i);
        snprintf(path, sizeof path, "/%s", word);
        goes_on(&a, text(word), path);
    }
    fails(&a, "100000");
    return 0;
}
EOF
    run limited "$test"
    is "$status: $output" "0: "
}
