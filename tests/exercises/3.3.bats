#!/usr/bin/env bats
# Exercise 3.3: a third partner, of whom neither of the two knows.

load exercise

# A program that drives a generator, with a logged() before it or without, as its arguments say.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demos/demos.h"
#include "gen.h"
#include "value.h"

/* A partner that tells what becomes of it. At first it yields a text. It yields the length of a
 * text that it is sent, and what a generator that it is sent returns; it returns an integer that it
 * is sent, and raises again an error, except one whose code is VALUE_ERROR: that it catches. If it
 * is STUBBORN, it does not want to be closed. */
struct partner {
    struct gen gen;
    int stubborn;
    struct value got;
};

/* What the generator that VALUE hands on returns. */
static struct value call(struct value value)
{
    struct value result = gen_send(value.gen, none());

    gen_free(value.gen);
    return result;
}

static struct value partner_body(struct gen *gen, struct value sent)
{
    struct partner *f = (struct partner *)gen;

    BEGIN(BEGAN, GOT)
    YIELD_FINALLY(BEGAN, f->got, text("ready"));
    for (;;) {
        if (f->got.tag == TEXT)
            f->got = integer((long)strlen(f->got.text));
        else if (f->got.tag == GENERATOR)
            f->got = call(f->got);
        else if (f->got.tag == ERROR && f->got.code == VALUE_ERROR)
            f->got = text("caught");
        else if (f->got.tag == ERROR && f->got.code == GENERATOR_EXIT && f->stubborn)
            f->got = text("no");
        else
            break;
        YIELD_FINALLY(GOT, f->got, f->got);
    }
    printf("  the partner cleans up\n");
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(f->got);
    END
}

static void partner_drop(struct gen *gen)
{
    (void)gen;
    printf("  the partner is freed\n");
}

/* Returns 6 times 7. */
static struct value product_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(integer(6 * 7));
    END
}

static void product_drop(struct gen *gen)
{
    (void)gen;
    printf("  the product is freed\n");
}

static void print(const char *doing, const struct gen *gen, struct value value)
{
    static const char *const outcomes[] = {"yields", "returns", "raises"};

    printf("%s: %s ", doing, outcomes[gen_outcome(gen, value)]);
    if (value.tag == INTEGER)
        printf("%ld\n", value.integer);
    else
        printf("%s\n", value.tag == NONE ? "none" : value.text);
}

static struct value act(struct gen *gen, const char *what)
{
    if (strcmp(what, "none") == 0)
        return gen_send(gen, none());
    if (strcmp(what, "integer") == 0)
        return gen_send(gen, integer(5));
    if (strcmp(what, "text") == 0)
        return gen_send(gen, text("four"));
    if (strcmp(what, "product") == 0)
        return gen_send(
            gen, generator(gen_new(sizeof *gen, "product", product_body, product_drop)));
    if (strcmp(what, "throw") == 0)
        return gen_throw(gen, error(500, "wrong"));
    if (strcmp(what, "caught") == 0)
        return gen_throw(gen, error(VALUE_ERROR, "harmless"));
    return gen_close(gen);
}

int main(int argc, char **argv)
{
    struct partner *partner = gen_new(sizeof *partner, "partner", partner_body, partner_drop);
    struct gen *gen = &partner->gen;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "logged") == 0)
            gen = logged(gen);
        else if (strcmp(argv[i], "stubborn") == 0)
            partner->stubborn = 1;
        else
            print(argv[i], gen, act(gen, argv[i]));
        fflush(stdout);
    }
    gen_free(gen);
    return 0;
}
PROGRAM
}

# With a logged() before it, the partner behaves as it does without. Sets log to the lines that only
# the third one can have printed.
no_different() { # WORD...
    local expected
    run_test "$@"
    expected=$output
    run_test logged "$@"
    log=$(grep '^Log' <<<"$output") || true
    lines_are "$(grep -v '^Log' <<<"$output")" "$expected"
}

@test "pingpong logs what loop2 gives for each work, and is otherwise as before" {
    run limited "$program" pingpong
    [ "$status" = 0 ] || sanitizers_found
    is "exit status $status" "exit status 0"
    lines_are "$(grep -E '^(Log|Loop)' <<<"$output")" "Log 1
Loop1 ret 0
Loop2
Log 1
Loop1 ret 1
Loop2
Log 2
Loop1 ret 1
Loop2
Log 3
Loop1 ret 2
Loop2
Log 5
Loop1 ret 3
Loop2
Log 8
Loop1 ret 5
Loop2
Log 13
Loop1 ret 8
Loop2
Log 21
Loop1 ret 13
Loop2
Log 34
Loop1 ret 21
Loop2
Log 55
Loop1 ret 34"
}

@test "what is sent goes on to the partner, and what it yields comes back" {
    no_different none text product text
    is "$log" "Log 4
Log 42
Log 4"
}

@test "each integer that the partner gives is logged once, before it is handed out, and no more" {
    run_test logged none text product caught product
    lines_are "$output" "none: yields ready
Log 4
text: yields 4
  the product is freed
Log 42
product: yields 42
caught: yields caught
  the product is freed
Log 42
product: yields 42
  the partner cleans up
  the partner is freed"
}

@test "when the partner returns, its value is returned, and none after that" {
    no_different none text integer none none
}

@test "an error is thrown into the partner, and what that raises is raised" {
    no_different none text throw none
}

@test "an error that the partner catches is caught" {
    no_different none caught text caught integer
}

@test "to close it is to close the partner" {
    no_different none text close close none
}

@test "a partner that does not want to be closed" {
    no_different none stubborn close integer
}

@test "to close or throw before the start runs nothing" {
    no_different close none
    no_different throw none
}

@test "to send something before the start is refused, and a generator that is sent is freed" {
    no_different product none text
    no_different text none text
}

@test "the partner is freed with it, paused or not started" {
    no_different none text
    no_different
}

@test "a third partner may have a third partner" {
    run_test logged logged none product throw
    lines_are "$output" "none: yields ready
  the product is freed
Log 42
Log 42
product: yields 42
  the partner cleans up
throw: raises wrong
  the partner is freed"
}
