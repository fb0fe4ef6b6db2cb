/* demo_all.c - a thread, a timer and a socket at once. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act ask_for_all[] = {
    {.who = CLIENT, .path = "/sum"},
    {.who = CLIENT, .path = "/nap", .after = "#1 computes"},
    {.who = CLIENT, .path = "/one", .after = "#2 sleeps"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

void demo_all(void)
{
    long ms;

    story_begin("#%d", "all: a thread, a timer and a socket at once");
    story_hold(TIMERS, "#3 is answered");
    story_hold(THREADS, "#2 is answered");
    ms = service_demo(serve_gateway, ask_for_all, 3);
    story_timeline();
    story_end();
    say("  300 ms, 300 ms and 100 ms in %ld ms. The framework knows one thing to wait\n"
        "  for, a future, and does not ask who fills it.\n\n",
        ms);
}
