#!/usr/bin/env bats
# Exercise 4.2: a route /count, whose handler calls func2 until that fails.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

# A program that drives /count by hand, with words of its own.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "callstack.h"
#include "request.h"
#include "support/story.h"

/* Sends SENT to a chain; it must want to have PATH then. */
static void goes_on(struct callstack *chain, struct value sent, const char *path)
{
    struct value value = callstack_send(chain, sent);

    if (chain->top == NULL || value.tag != IO)
        die("expected: a call for %s, got: the end", path);
    if (strcmp(value.io->path, path) != 0)
        die("expected: a call for %s, got: one for %s", path, value.io->path);
    if (chain->top->caller == NULL || chain->top->caller->caller != NULL)
        die("expected: two generators on the stack at the call for %s, got: %s", path,
            chain->top->caller == NULL ? "one" : "more");
    free(value.io);
}

/* Lets the call of a chain fail; it must answer COUNT then. */
static void fails(struct callstack *chain, const char *count)
{
    struct value value = callstack_send(chain, error(502, "no answer"));
    char number[32] = "neither a text nor an integer";

    if (chain->top != NULL)
        die("expected: it answers %s when a call fails, got: it goes on", count);
    if (value.tag == INTEGER)
        snprintf(number, sizeof number, "%ld", value.integer);
    else if (value.tag == TEXT)
        snprintf(number, sizeof number, "%.20s", value.text);
    if (strcmp(number, count) != 0)
        die("expected: the answer %s, got: %s", count, number);
}

static void begins(struct callstack *chain)
{
    handler *handle = get_handler("/count");

    if (handle == NULL)
        die("there is no route /count");
    callstack_push(chain, handle(1));
    goes_on(chain, none(), "/foo");
}

/* Two by turns, each on its own words. */
static void by_turns(void)
{
    struct callstack a = {.top = NULL}, b = {.top = NULL};
    char word[32];

    begins(&a);
    begins(&b);
    strcpy(word, "one"); /* which the next word will overwrite, as the driver does */
    goes_on(&a, text(word), "/one");
    strcpy(word, "two");
    goes_on(&b, text(word), "/two");
    strcpy(word, "three");
    goes_on(&a, text(word), "/three");
    fails(&b, "1");
    fails(&a, "2");
    begins(&b);
    fails(&b, "0");
}

static void counts_far(void)
{
    struct callstack chain = {.top = NULL};
    char word[32], path[64];

    begins(&chain);
    for (int i = 1; i <= 100000; i++) {
        snprintf(word, sizeof word, "word%d", i);
        snprintf(path, sizeof path, "/%s", word);
        goes_on(&chain, text(word), path);
    }
    fails(&chain, "100000");
}

static void ends_early(void)
{
    struct callstack chain = {.top = NULL};

    begins(&chain);
    goes_on(&chain, text("one"), "/one");
    callstack_free(&chain);
}

int main(int argc, char **argv)
{
    (void)argc;
    program = "/count";
    if (strcmp(argv[1], "turns") == 0)
        by_turns();
    else if (strcmp(argv[1], "far") == 0)
        counts_far();
    else
        ends_early();
    return 0;
}
PROGRAM
}

@test "two handlers of /count, driven by turns, count each on its own words" {
    run_test turns
    is "$output" ""
}

@test "a hundred thousand calls later there are still two generators on the stack" {
    run_test far
    is "$output" ""
}

@test "a count that is given up leaves nothing behind" {
    run_test early
    is "$output" ""
}

@test "/count counts the calls that do not fail: foo, bar" {
    start_serve
    client @a get:/count recv @b get:/count @c get:/count recv @b recv
    lines_are "$output" "a: 200 2
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
