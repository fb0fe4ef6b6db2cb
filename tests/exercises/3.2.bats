#!/usr/bin/env bats
# Exercise 3.2: /two catches an error.

load exercise

# A program that drives /two by hand, as no server does: each text that it sends is gone when the
# next one is asked for, and a frame that is freed is overwritten with "?", and is kept, so that it
# can be seen who still reads it.
setup_file() {
    build_step
    build_test -Dmalloc=test_malloc -Dfree=test_free <<'PROGRAM'
#undef malloc
#undef free
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "framework.h"
#include "request.h"
#include "support/story.h"

static struct block {
    char *bytes;
    size_t size;
    int freed;
} known[200];
static int n_known;

void *test_malloc(size_t size)
{
    void *block = malloc(size);

    if (block != NULL && n_known < 200)
        known[n_known++] = (struct block){block, size, 0};
    return block;
}

void test_free(void *block)
{
    for (int i = 0; i < n_known && block != NULL; i++) {
        if (known[i].bytes == block) {
            if (known[i].freed++) {
                printf("something is freed twice\n");
                exit(1);
            }
            for (size_t at = 0; at < known[i].size; at++)
                known[i].bytes[at] = at % 16 == 15 ? '\0' : '?';
            return;
        }
    }
    free(block);
}

/* All that the test has made and driven must have been freed. */
static void look_for_leaks(void)
{
    int leaks = 0;

    for (int i = 0; i < n_known; i++) {
        leaks += !known[i].freed;
        free(known[i].bytes);
    }
    if (leaks > 0)
        printf("and %d of what malloc() gave %s never freed\n", leaks, leaks == 1 ? "is" : "are");
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
    struct gen *gen = get_handler("/two")(1);

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

static void drive_two(const char *what)
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
        gen = get_handler("/two")(1);
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
    drive_two(argv[1]);
    look_for_leaks();
    n_known = 0;
    if (strcmp(argv[1], "serve") == 0) {
        story_begin("#%d", "the second call fails");
        service_demo(serve_gateway, script, 1);
        story_end();
    }
    return 0;
}
PROGRAM
}

# What comes of it if the handler of /two is driven like THIS.
prints() { # THIS EXPECTED
    run_test "$1"
    lines_are "$output" "$2"
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

@test "the server answers \"only bar\" as well" {
    run_test serve
    is "$(grep -o 'answered: [^,]*' <<<"$output")" "answered: 200 only bar"
}

@test "502 if the API fails at once; and others are answered as before" {
    start_api reset
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/two recv @b get:/one recv @c get:/hello recv
    lines_are "$output" "a: 502 Bad Gateway
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
