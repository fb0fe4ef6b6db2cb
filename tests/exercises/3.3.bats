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

#include "examples.h"
#include "gen.h"
#include "value.h"

/* A partner that tells what becomes of it. It yields the length of a text that it is sent, and what
 * a function gives; it returns an integer that it is sent, and raises again an error, but for one
 * whose code is VALUE_ERROR: that it catches. If it is STUBBORN, it does not want to be closed. */
struct partner {
    struct gen gen;
    int stubborn;
    struct value got;
};

static struct value partner_body(struct gen *gen, struct value sent)
{
    struct partner *f = (struct partner *)gen;

    BEGIN(GOT)
    f->got = text("start");
    for (;;) {
        if (f->got.tag == TEXT)
            f->got = integer((long)strlen(f->got.text));
        else if (f->got.tag == FUNCTION)
            f->got = integer(f->got.call->function(f->got.call->args[0], f->got.call->args[1]));
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

static long multiply(long a, long b)
{
    return a * b;
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
    struct call call = {multiply, {6, 7}};
    struct value value;

    if (strcmp(what, "none") == 0)
        return gen_send(gen, none());
    if (strcmp(what, "integer") == 0)
        return gen_send(gen, integer(5));
    if (strcmp(what, "text") == 0)
        return gen_send(gen, text("four"));
    if (strcmp(what, "function") == 0) {
        value = gen_send(gen, function(&call));
        call.args[0] = 0; /* it was ours, and is no more */
        return value;
    }
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
    is "$(grep -v '^Log' <<<"$output")" "$expected"
}

@test "pingpong logs each call with its result, and is otherwise as before" {
    run limited "$program" pingpong
    is "$status" 0
    is "$(grep -E '^(Log|Loop)' <<<"$output")" "Log (1, 1) -> 2
Loop1 ret 1
Loop2
Log (2, 1) -> 3
Loop1 ret 2
Loop2
Log (3, 2) -> 5
Loop1 ret 3
Loop2
Log (5, 3) -> 8
Loop1 ret 5
Loop2
Log (8, 5) -> 13
Loop1 ret 8
Loop2
Log (13, 8) -> 21
Loop1 ret 13
Loop2
Log (21, 13) -> 34
Loop1 ret 21
Loop2
Log (34, 21) -> 55
Loop1 ret 34
Loop2
Log (55, 34) -> 89
Loop1 ret 55
Loop2
Log (89, 55) -> 144
Loop1 ret 89"
}

@test "what is sent goes on to the partner, and what it yields comes back" {
    no_different none text text
    is "$log" ""
}

@test "calls are logged, and nothing else" {
    no_different none text function text function
    is "$log" "Log (6, 7) -> 42
Log (6, 7) -> 42"
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

@test "to send something before the start is refused" {
    no_different text none text
}

@test "the partner is freed with it, paused or not started" {
    no_different none text
    no_different
}

@test "a third partner may have a third partner" {
    run_test logged logged none function throw
    is "$output" "none: yields 5
Log (6, 7) -> 42
Log (6, 7) -> 42
function: yields 42
  the partner cleans up
throw: raises wrong
  the partner is freed"
}
