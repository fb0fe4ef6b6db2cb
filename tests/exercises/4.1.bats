#!/usr/bin/env bats
# Exercise 4.1: func2 catches the error of its call.

load exercise

# A program that drives func2 apart from func1, which has called it.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "callstack.h"
#include "request.h"

/* VALUE must be an IO, which comes out of DEPTH generators on STACK: prints its path. */
static void expect_io(struct callstack *stack, struct value value, int depth)
{
    for (const struct gen *gen = stack->top; gen != NULL; gen = gen->caller)
        depth--;
    if (depth != 0 || value.tag != IO) {
        printf("a call of the API was expected\n");
        exit(1);
    }
    printf("calls %s\n", value.io->path);
    free(value.io);
}

/* Prints what GEN has done, from which VALUE has come. */
static void print(const char *name, const struct gen *gen, struct value value)
{
    static const char *const outcomes[] = {"yields", "returns", "raises"};

    printf("%s %s ", name, outcomes[gen_outcome(gen, value)]);
    if (value.tag == ERROR)
        printf("error %d\n", value.code);
    else
        printf("%s\n", value.tag == TEXT ? value.text : "no text");
}

int main(int argc, char **argv)
{
    struct callstack stack = {.top = NULL};
    struct gen *func2;

    (void)argc;
    callstack_push(&stack, get_handler("/nested")(1));
    expect_io(&stack, callstack_send(&stack, none()), 1);
    expect_io(&stack, callstack_send(&stack, text("qux")), 2);
    func2 = stack.top;
    if (strcmp(argv[1], "throw") == 0)
        print("func2", func2, gen_throw(func2, error(502, "no result")));
    else if (strcmp(argv[1], "memory") == 0)
        print("func2", func2, gen_throw(func2, error(503, "out of memory")));
    else if (strcmp(argv[1], "close") == 0)
        print("func2", func2, gen_throw(func2, error(GENERATOR_EXIT, "")));
    else
        print("func2", func2, gen_send(func2, text("quux")));
    callstack_free(&stack);
    return 0;
}
PROGRAM
}

# What comes of it if func2, at its call, is given THIS.
func2_does() { # THIS EXPECTED
    run_test "$1"
    lines_are "$output" "calls /foo
calls /qux
$2"
}

@test "func2 catches the error of its call, and returns the text nothing" {
    func2_does throw "func2 returns nothing"
    func2_does memory "func2 returns nothing"
}

@test "func2 returns what its call gives, if that does not fail" {
    func2_does well "func2 returns quux"
}

@test "func2 does not catch GENERATOR_EXIT, by which it is closed" {
    func2_does close "func2 raises error 1"
}

@test "the demo error: func2 catches, and func1 does not notice" {
    run limited "$program" error
    [ "$status" = 0 ] || sanitizers_found
    is "exit status $status" "exit status 0"
    [[ $output != *"#1 catches in func1"* ]] || fails_with "func1 has caught it: $output"
    [[ $output == *"#1 has made both calls"* ]] || fails_with "func1 has not gone on: $output"
    [[ $output == *"#1 is answered: 200 nothing,"* ]] ||
        fails_with "#1 is not answered with nothing: $output"
}

# "x y" is no path, so it is func2's call that fails.
@test "/nested answers nothing when the call of func2 fails" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nx y' close
    start_serve --api "127.0.0.1:$api_port"
    client get:/nested recv
    is "$output" "me: 200 nothing"
    stop_serve
}

@test "/nested fails as before when the call of func1 fails" {
    start_serve --api "127.0.0.1:$("$peer" unused)"
    client get:/nested recv
    is "$output" "me: 502 Bad Gateway"
    stop_serve
}

@test "/nested is what it was when no call fails" {
    start_serve
    client @a get:/nested recv @b get:/one recv @c get:/two recv
    lines_are "$output" "a: 200 baz
b: 200 bar
c: 200 baz"
    stop_serve
}

fails_with() {
    echo "$*"
    return 1
}
