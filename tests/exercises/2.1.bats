#!/usr/bin/env bats
# Exercise 2.1: a handler in four pieces.

load exercise

# The script of a demo can let a single call fail: test PATH N lets the Nth for PATH, and N = 0 lets
# all go well. At the end the program prints where in the step something was allocated that has not
# been freed.
setup_file() {
    local count=$BATS_FILE_TMPDIR/count.h
    cat >"$count" <<'HEADER'
#include <stdlib.h>

void *note_malloc(void *block, const char *file, int line);
void note_free(void *block);

#define malloc(size) note_malloc((malloc)(size), __FILE__, __LINE__)
#define calloc(n, size) note_malloc((calloc)(n, size), __FILE__, __LINE__)
#define free(block) note_free(block)
HEADER
    build_step
    build_test -include "$count" <<'PROGRAM'
#include <stdio.h>
#include <string.h>

#include "framework.h"
#include "story.h"

/* What has been allocated and not been freed. The story of one request has much less of it. */
static struct {
    void *block;
    const char *file;
    int line;
} blocks[1000];

void *note_malloc(void *block, const char *file, int line)
{
    const char *slash = strrchr(file, '/');

    for (int i = 0; i < 1000 && block != NULL; i++) {
        if (blocks[i].block == NULL) {
            blocks[i].block = block;
            blocks[i].file = slash != NULL ? slash + 1 : file;
            blocks[i].line = line;
            break;
        }
    }
    return block;
}

void note_free(void *block)
{
    for (int i = 0; i < 1000; i++)
        if (blocks[i].block == block)
            blocks[i].block = NULL;
    (free)(block);
}

int main(int argc, char **argv)
{
    const char *path = argv[argc - 2];
    struct act script[] = {
        {.who = CLIENT, .path = "/three"},
        {.who = API, .path = path, .request = 1},
        {.who = API, .path = path, .request = 1},
        {.path = NULL},
    };

    script[atoi(argv[argc - 1])].status = 500;
    story_begin("#%d", "one call fails");
    service_demo(serve_gateway, script, 1);
    story_end();
    for (int i = 0; i < 1000; i++) /* buffer.c keeps one for whoever reads next */
        if (blocks[i].block != NULL && strcmp(blocks[i].file, "buffer.c") != 0)
            printf("what was allocated in %s, line %d\n", blocks[i].file, blocks[i].line);
    return 0;
}
PROGRAM
}

# The API gives "qux" for whatever path.
@test "/three calls the API for /foo, for what that gave, and for /foo again" {
    start_api show 'send:HTTP/1.1 200 OK\r\n\r\nqux' close
    start_serve --api "127.0.0.1:$api_port"
    client get:/three recv
    is "$output" "me: 200 qux"
    is "calls: $(asked | xargs)" "calls: /foo /qux /foo"
}

@test "answers /three with bar, and the others as before" {
    start_serve
    client @a get:/three recv @b get:/two recv @c get:/one recv @d get:/hello recv
    lines_are "$output" "a: 200 bar
b: 200 baz
c: 200 bar
d: 200 hello"
}

# When the Nth call for PATH fails, the API is called for CALLS, and this is the answer, once.
fails_at() { # PATH N CALLS
    run limited "$test" "$1" "$2"
    is "calls: $(sed -n 's/.* asks the API for //p' <<<"$output" | xargs)" "calls: $3"
    is "$(grep -o 'answered: [^,]*' <<<"$output")" "answered: 502 Bad Gateway"
}

@test "when the first call fails, its error is the answer, and no other call is made" {
    fails_at /foo 1 "/foo"
}

@test "when the second call fails, its error is the answer, and the third is not made" {
    fails_at /bar 1 "/foo /bar"
}

@test "when the third call fails, its error is the answer" {
    fails_at /foo 2 "/foo /bar /foo"
}

# WHEN the Nth call for PATH has failed, nothing is left.
frees_all() { # WHEN PATH N
    local left
    run limited "$test" "$2" "$3"
    left=$(grep -m 1 'what was allocated' <<<"$output") &&
        print_found "$1, $left, is never freed." && return 1
    is "$status: exit status $1" "0: exit status $1"
}

@test "what /three allocates is freed on each way out" {
    frees_all "When all goes well" /foo 0
    frees_all "When the first call fails" /foo 1
    frees_all "When the second call fails" /bar 1
    frees_all "When the third call fails" /foo 2
}

@test "a hundred clients at once, and one that resets its connection" {
    start_serve
    client crowd:100:/three @bad get:/three reset @good get:/three recv
    lines_are "$output" "100 times: 200 bar
good: 200 bar"
    stop_serve
}
