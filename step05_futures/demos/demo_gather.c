/* demo_gather.c - three calls at once in one handler. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act ask_three_at_once[] = {
    {.who = CLIENT, .path = "/gather"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 200, .after = "#1 hears from the API: bar"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#1 hears from the API: baz"},
    {.path = NULL},
};

void demo_gather(void)
{
    long ms;

    story_begin("#%d", "gather: one handler waits for three calls at once");
    ms = service_demo(serve_gateway, ask_three_at_once, 1);
    story_timeline();
    story_end();
    say("  Calls of 300, 200 and 100 ms in %ld ms, the time of the slowest: a call begins\n"
        "  when its future is made, not when it is awaited.\n\n",
        ms);
}
