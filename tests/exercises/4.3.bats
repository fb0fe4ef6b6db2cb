#!/usr/bin/env bats
# Exercise 4.3: a route /list, which tells which chains wait, and where.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

# A program whose clients ask for the list when the calls that it shall tell of have begun. These
# are answered after it.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include <stdio.h>

#include "framework.h"
#include "support/story.h"

static const struct act script[] = {
    {.who = CLIENT, .path = "/list"},
    {.who = CLIENT, .path = "/nested", .after = "#1 is answered"},
    {.who = CLIENT, .path = "/list", .after = "#2 asks the API for /foo"},
    {.who = CLIENT, .path = "/one", .after = "#3 is answered"},
    {.who = API, .path = "/foo", .request = 2, .after = "#4 asks the API for /foo"},
    {.who = CLIENT, .path = "/list", .after = "#2 asks the API for /bar"},
    {.who = API, .path = "/bar", .request = 2, .after = "#5 is answered"},
    {.who = CLIENT, .path = "/list", .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 4, .after = "#6 is answered"},
    {.who = CLIENT, .path = "/list", .after = "#4 is answered"},
    {.path = NULL},
};

int main(void)
{
    story_begin("#%d", "list");
    service_demo(serve_gateway, script, 7);
    story_end();
    fflush(stdout); /* a leak, which is looked for at the end, would keep it back */
    return 0;
}
PROGRAM
}

@test "/list tells which chains wait, the newest first, in which generators, and for which path" {
    run limited "$test"
    lines_are "$(sed -nE 's/.*(#[13567] is answered: .*), at [0-9]+ ms$/\1/p' <<<"$output")" \
        "#1 is answered: 200 nobody waits
#3 is answered: 200 #2 func1: /foo
#5 is answered: 200 #4 one: /foo; #2 func1 > func2: /bar
#6 is answered: 200 #4 one: /foo
#7 is answered: 200 nobody waits"
    [ "$status" = 0 ] || sanitizers_found
    is "exit status $status" "exit status 0"
}

# Both clients have asked when the list is asked for: one has had its answer and stays, of the other
# only half a request has come.
@test "whoever has been answered, or has not asked yet, is not on the list" {
    start_serve
    client @a 'send:GET /one' @b get:/one keep @c get:/list recv
    lines_are "$output" "b: 200 bar
c: 200 nobody waits"
    stop_serve
}

@test "two clients may ask for /list at once" {
    start_serve
    client @a get:/list @b get:/list recv @a recv
    lines_are "$output" "b: 200 nobody waits
a: 200 nobody waits"
    stop_serve
}

# When hello has been answered, all those who have come before it have been let in. The first
# hundred make the numbers of the others longer.
@test "what does not fit into an answer is cut off" {
    local words=() i whole=
    for ((i = 101; i <= 160; i++)); do
        words+=("@$i" get:/nested)
        whole="#$i func1: /foo${whole:+; }$whole"
    done
    start_api hold
    start_serve --api "127.0.0.1:$api_port"
    client crowd:100:/hello "${words[@]}" @hello get:/hello recv @list get:/list recv
    [ "$status" = 0 ] || sanitizers_found
    is "${output%$'\n'*}" "100 times: 200 hello
hello: 200 hello"
    list=${output#*list: 200 }
    is "$list" "${whole:0:${#list}}"
    [ ${#list} -ge 900 ] || is "a list of ${#list} characters" "one of 900 characters, at least"
    stop_api
    stop_serve
}
