#!/usr/bin/env bats
# Exercise 3.1: a generator that counts.

load exercise

# A program that makes generators and drives them as its arguments say.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include <stdio.h>
#include <stdlib.h>

#include "demos/demos.h"
#include "gen.h"
#include "value.h"

/* Prints what the generator with this NAME has done. */
static void print(const char *name, struct gen *gen, struct value value)
{
    static const char *const outcomes[] = {"yields", "returns", "raises"};

    printf("%s %s ", name, outcomes[gen_outcome(gen, value)]);
    if (value.tag == INTEGER)
        printf("%ld\n", value.integer);
    else
        printf("%s\n", value.tag == NONE ? "none" : value.tag == ERROR ? value.text : "?");
}

/* Each argument is the letter of a generator and what is done with it: a3 makes a count to 3,
 * called a; then a is sent none, ax is closed, at is thrown an error. */
int main(int argc, char **argv)
{
    struct gen *gens[26] = {NULL};

    program = "step3";
    for (int i = 1; i < argc; i++) {
        struct gen **gen = &gens[argv[i][0] - 'a'];
        char name[] = {argv[i][0], '\0'};

        switch (argv[i][1]) {
        case '\0':
            print(name, *gen, gen_send(*gen, none()));
            break;
        case 'x':
            print(name, *gen, gen_close(*gen));
            break;
        case 't':
            print(name, *gen, gen_throw(*gen, error(500, "wrong")));
            break;
        default:
            *gen = count(atol(argv[i] + 1));
        }
    }
    for (int i = 0; i < 26; i++)
        gen_free(gens[i]);
    return 0;
}
PROGRAM
}

# What these WORDS make of generators must be this.
prints() { # EXPECTED WORD...
    local expected=$1
    shift
    run_test "$@"
    lines_are "$output" "$expected"
}

@test "count(3), of demos/demos.h, makes a generator that yields 1, 2 and 3, and returns none" {
    prints "a yields 1
a yields 2
a yields 3
a returns none" a3 a a a a
}

@test "after its end it returns none" {
    prints "a yields 1
a returns none
a returns none" a1 a a a
}

@test "count(0) yields nothing" {
    prints "a returns none" a0 a
}

@test "two of them, a and b, count each for itself" {
    prints "a yields 1
b yields 1
a yields 2
b yields 2
b returns none
a yields 3
c yields 1
a returns none" a3 b2 a b a b b a c3 c a
}

@test "it can be closed in the middle" {
    prints "a yields 1
a returns none
a returns none" a3 a ax a
}

@test "an error that is thrown into it ends it" {
    prints "a yields 1
a raises wrong
a returns none" a3 a at a
}

@test "it is freed in whatever state it is" {
    prints "b yields 1" a3 b3 b
}

# A demo that never ends is not read to its end.
read_demo() { # DEMO
    limited "$program" "$1" | head -n 40
    return "${PIPESTATUS[0]}"
}

@test "the demo count prints what count(3) yields, a number a line, and nothing else" {
    run read_demo count
    [ "$status" != 2 ] || is "$output" "a demo that is called count"
    lines_are "$(grep -xE ' *[0-9]+ *' <<<"$output" | tr -d ' ')" "1
2
3"
    [ "$status" = 0 ] || sanitizers_found
    is "exit status $status" "exit status 0"
}
