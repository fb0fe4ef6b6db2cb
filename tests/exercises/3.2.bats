#!/usr/bin/env bats
# Exercise 3.2: /two catches an error.

load exercise

# A program that drives /two by hand, as no server does: each text that it sends is gone when the
# next one is asked for, and a frame that is freed is overwritten.
setup_file() {
    build_step
    build_test -Dcalloc=test_calloc -Dfree=test_free <<'PROGRAM'
#undef calloc
#undef free
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "server.h"

static struct {
    void *block;
    size_t size;
} known[100];

void *test_calloc(size_t n, size_t size)
{
    void *block = calloc(n, size);

    for (int i = 0; i < 100; i++) {
        if (known[i].block == NULL) {
            known[i].block = block;
            known[i].size = n * size;
            break;
        }
    }
    return block;
}

void test_free(void *block)
{
    for (int i = 0; i < 100 && block != NULL; i++) {
        if (known[i].block == block) {
            known[i].block = NULL;
            for (size_t at = 0; at < known[i].size; at++)
                ((char *)block)[at] = at % 8 == 7 ? '\0' : '?';
        }
    }
    free(block);
}

static char sent[64]; /* the text that the handler has been sent */

/* VALUE, which has come out of GEN, must be a call: prints its path. */
static void expect_call(struct gen *gen, struct value value)
{
    if (gen_outcome(gen, value) != YIELDED || value.tag != IO) {
        printf("no call of the API where there should be one\n");
        exit(1);
    }
    printf("asks %s\n", value.io->path);
    test_free(value.io);
}

/* The handler, at its second call. */
static struct gen *begin(const char *foo)
{
    struct gen *gen = get_handler("/two")->handler(1);

    expect_call(gen, gen_send(gen, none()));
    snprintf(sent, sizeof sent, "%s", foo);
    expect_call(gen, gen_send(gen, text(sent)));
    strcpy(sent, "gone");
    return gen;
}

/* Frees GEN, and prints then what VALUE says, which came out of it last. */
static void end(struct gen *gen, struct value value)
{
    static const char *const outcomes[] = {"yields", "returns", "raises"};
    const char *outcome = outcomes[gen_outcome(gen, value)];

    gen_free(gen);
    printf("%s %s\n", outcome,
           value.tag == NONE                         ? "none"
           : value.tag == TEXT || value.tag == ERROR ? value.text
                                                     : "something else");
}

static void drive(const char *what)
{
    struct gen *gen, *other;
    struct value value;

    if (strcmp(what, "well") == 0) {
        gen = begin("qux");
        end(gen, gen_send(gen, text("quux")));
    } else if (strcmp(what, "throw") == 0) {
        gen = begin("qux");
        end(gen, gen_throw(gen, error(502, "no answer")));
    } else if (strcmp(what, "first") == 0) {
        gen = get_handler("/two")->handler(1);
        expect_call(gen, gen_send(gen, none()));
        end(gen, gen_throw(gen, error(502, "no answer")));
    } else if (strcmp(what, "close") == 0) {
        gen = begin("qux");
        value = gen_throw(gen, error(GENERATOR_EXIT, "exit"));
        end(gen, value);
    } else if (strcmp(what, "two") == 0) {
        gen = begin("a");
        other = begin("b");
        end(gen, gen_throw(gen, error(502, "no answer")));
        end(other, gen_throw(other, error(502, "no answer")));
    }
}

/* "serve": the server, with an API that fails at the second call. */
int main(int argc, char **argv)
{
    static const struct act script[] = {
        {.who = CLIENT, .path = "/two"},
        {.who = API, .path = "/bar", .request = 1, .status = 500},
        {.path = NULL},
    };

    (void)argc;
    drive(argv[1]);
    if (strcmp(argv[1], "serve") == 0) {
        story_begin("#%d", "the second call fails");
        service_demo(serve_multiplexed, script, 1);
        story_end();
    }
    return 0;
}
PROGRAM
}

# What comes of it if the handler of /two is driven like THIS.
prints() { # THIS EXPECTED
    run_test "$1"
    is "$output" "$2"
}

@test "if both calls succeed, the answer is the second one's" {
    prints well "asks /foo
asks /qux
returns quux"
}

@test "if the second call fails, the answer is \"only\" and what the first one gave" {
    prints throw "asks /foo
asks /qux
returns only qux"
}

@test "if the first call fails, so does the handler" {
    prints first "asks /foo
raises no answer"
}

@test "GENERATOR_EXIT is not caught" {
    prints close "asks /foo
asks /qux
raises exit"
}

@test "two handlers at once keep their texts apart" {
    prints two "asks /foo
asks /a
asks /foo
asks /b
returns only a
returns only b"
}

@test "the server answers so, too" {
    run_test serve
    is "$(grep -o 'answered: [^,]*' <<<"$output")" "answered: 200 only bar"
}

@test "502 if the API fails at once; and others are answered as before" {
    start_api reset
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/two recv @b get:/one recv @c get:/hello recv
    is "$output" "a: 502 Bad Gateway
b: 502 Bad Gateway
c: 200 hello"
    stop_serve
}

@test "a text as long as the API may send is cut, or refused" {
    start_api "send:HTTP/1.1 200 OK\r\n\r\n$(printf 'x%.0s' {1..1020})" close
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/two recv @b get:/hello recv
    [[ ${lines[0]} =~ ^"a: "("200 only xxx"|5) ]] ||
        is "${lines[0]:-nothing}" "a: 200 only xxx..., or an error"
    is "${lines[1]}" "b: 200 hello"
    stop_serve
}
