#!/usr/bin/env bats
# Exercise 4.3: a route /list, which tells which chains wait, and where.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

@test "/list: who waits, in which generators, for what" {
    build_test <<'EOF'
#include "server.h"

/* Each list is asked for when the calls that it shall tell of have begun, and these are answered
 * after it. */
static const struct act script[] = {
    {.who = CLIENT, .path = "/list"},
    {.who = CLIENT, .path = "/two", .after = "#1 is answered"},
    {.who = CLIENT, .path = "/list", .after = "#2 asks the API for /foo"},
    {.who = API, .path = "/foo", .request = 2, .after = "#3 is answered"},
    {.who = CLIENT, .path = "/one", .after = "#2 asks the API for /bar"},
    {.who = CLIENT, .path = "/list", .after = "#4 asks the API for /foo"},
    {.who = API, .path = "/bar", .request = 2, .after = "#5 is answered"},
    {.who = CLIENT, .path = "/list", .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 4, .after = "#6 is answered"},
    {.who = CLIENT, .path = "/list", .after = "#4 is answered"},
    {.path = NULL},
};

int main(void)
{
    story_begin("#%d", "list");
    service_demo(serve_multiplexed, script, 7);
    story_end();
    return 0;
}
EOF
    run limited "$test"
    is "$status: $(sed -nE 's/.*(#[13567] is answered: .*), at [0-9]+ ms$/\1/p' <<<"$output")" \
        "0: #1 is answered: 200 nobody waits
#3 is answered: 200 #2 func1: /foo
#5 is answered: 200 #4 one: /foo; #2 func1 > func2: /bar
#6 is answered: 200 #4 one: /foo
#7 is answered: 200 nobody waits"
}

# Both clients have asked when the list is asked for: one has had its answer and stays, of the other
# only half a request has come.
@test "/list: who has been answered, or has not asked yet, does not wait" {
    start_serve
    client @a 'send:GET /one' @b get:/one keep @c get:/list recv
    is "$output" "b: 200 bar
c: 200 nobody waits"
    stop_serve
}

@test "/list: two at once do not get in each other's way" {
    start_serve
    client @a get:/list @b get:/list recv @a recv
    is "$output" "b: 200 nobody waits
a: 200 nobody waits"
    stop_serve
}

# When hello has been answered, all those who have come before it have been let in. The first
# hundred make the numbers of the others longer.
@test "/list: more than there is room for in an answer is cut off" {
    local words=() i whole=
    for ((i = 101; i <= 160; i++)); do
        words+=("@$i" get:/two)
        whole="#$i func1: /foo${whole:+; }$whole"
    done
    start_api hold
    start_serve --api "127.0.0.1:$api_port"
    client crowd:100:/hello "${words[@]}" @hello get:/hello recv @list get:/list recv
    is "${output%$'\n'*}" "100 times: 200 hello
hello: 200 hello"
    list=${output#*list: 200 }
    is "$list" "${whole:0:${#list}}"
    [ ${#list} -ge 900 ]
    stop_api
    stop_serve
}
